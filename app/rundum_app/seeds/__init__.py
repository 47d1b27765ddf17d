"""The demo district: a family-service centre whose people are invented, whose places are real."""

from rundum_app.seeds.demo import Seeded, SignIn, seed, seed_if_empty, who_can_sign_in

__all__ = ["Seeded", "SignIn", "seed", "seed_if_empty", "who_can_sign_in"]
