"""Who is acting: persons, accounts, roles, sessions, sign-in."""
