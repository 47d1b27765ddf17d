"""The furniture of pages: forms, templates, problems, static files."""
