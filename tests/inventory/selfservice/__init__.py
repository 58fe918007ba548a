"""Self-service: one's own devices, and the queue that comes of it."""
