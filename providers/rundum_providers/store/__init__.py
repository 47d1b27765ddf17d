"""What is kept of providers; the only files that know the queries."""
