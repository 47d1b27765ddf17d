"""How far and how long: the single source of the formula for kilometres and minutes.

Only + - * / and the square root are used on the unit vectors, so that this form and the compiled
one in `solver.rules` agree to the last bit.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from rundum_engine.snapshot import Mode, Place

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

EARTH_KM = 6371.0088
Vector = tuple[float, float, float]
Number = TypeVar("Number", float, "Floats")

DEFAULT_MODES: tuple[Mode, ...] = (
    Mode(key="car", km_per_hour=50.0, detour=1.3, overhead=5),
    Mode(key="bike", km_per_hour=14.0, detour=1.25, overhead=3),
    Mode(key="bus", km_per_hour=22.0, detour=1.5, overhead=15),
    Mode(key="foot", km_per_hour=4.5, detour=1.2, overhead=1),
    Mode(key="fetched", km_per_hour=45.0, detour=1.3, overhead=10),
)


def way_km(mode: Mode, a: Place, b: Place) -> float:
    """Kilometres on the road: great circle times the mode's detour."""
    return great_circle(unit_vector(a.lat, a.lon), unit_vector(b.lat, b.lon)) * mode.detour


def way_minutes(mode: Mode, a: Place, b: Place) -> int:
    """Minutes on the way, rounded up, with the mode's overhead; 0 only where nobody moves.

    The triangle inequality holds: rounding up keeps it, and the overhead of at least one minute
    swallows what floating point may lose. So "before" among visits is transitive.
    """
    km = way_km(mode, a, b)
    if km == 0.0:
        return 0
    return math.ceil(km * 60.0 / mode.km_per_hour) + mode.overhead


def great_circle(a: Vector, b: Vector) -> float:
    """Kilometres between two unit vectors.

    2R·asin(s) with s half the chord, by the first terms of the arcsine's series: right to a metre
    up to 2,000 km and too short beyond, never breaking the triangle inequality (it is a concave,
    rising function of the angle).
    """
    dx, dy, dz = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    h = (dx * dx + dy * dy + dz * dz) / 4.0
    return 2.0 * EARTH_KM * (math.sqrt(h) * arcsine(h))


def arcsine(h: Number) -> Number:
    """asin(√h)/√h by the first terms of its series; of one number or of an array."""
    return 1.0 + h * (1.0 / 6.0 + h * (3.0 / 40.0 + h * (15.0 / 336.0 + h * (105.0 / 3456.0))))


@lru_cache(maxsize=65536)
def unit_vector(lat: float, lon: float) -> Vector:
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)
