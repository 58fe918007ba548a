"""The web UI's kit: page shell, forms, tables, charts, static files."""
