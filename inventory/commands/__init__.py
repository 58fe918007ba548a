"""Remote commands on managed devices: asked for, approved, sent once, followed to their end."""
