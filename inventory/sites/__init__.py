"""The district's places: schools, buildings, rooms."""
