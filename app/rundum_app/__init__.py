"""Wiring only: the application, its schedule, its command line, its demo data."""
