"""Who helps: registration, availability, credentials, and the law as limits."""
