"""`make demo`: a demo district over the simulated network."""
