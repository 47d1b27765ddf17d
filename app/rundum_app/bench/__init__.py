"""Measurements by `rundum bench`: figures to look at, never asserted in tests."""
