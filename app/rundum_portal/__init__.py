"""Pages for families and providers that need several domains."""
