"""Who asks for care: households, clubs, municipalities, companies."""
