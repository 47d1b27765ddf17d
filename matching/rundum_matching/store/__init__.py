"""The only rooms of matching that know SQL, by noun."""
