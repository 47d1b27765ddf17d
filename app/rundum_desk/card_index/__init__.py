"""Card indexes: tables as associations keep them, read in, reported on, applied and written out."""
