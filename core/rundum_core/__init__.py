"""The ground floor: errors, clock, settings, database, links; it knows no domain."""
