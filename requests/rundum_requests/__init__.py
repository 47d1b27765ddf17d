"""What is asked for: care requests, visits, seats."""
