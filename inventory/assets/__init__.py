"""Assets: what the district owns, how it is recognised, and what was seen of it."""
