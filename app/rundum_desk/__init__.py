"""Pages for the staff of a centre."""
