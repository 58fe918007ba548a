"""Discovery: networks, sweeps, what they found, and the review of it."""
