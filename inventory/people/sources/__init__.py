"""Directories that people come from: asked by the clock or by hand, and planned like a file."""
