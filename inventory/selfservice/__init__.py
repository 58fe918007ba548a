"""What people do themselves about the devices that they have, and the queue that comes of it."""
