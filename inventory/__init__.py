"""Homeroom's application: everything that touches the database or a person."""

__version__ = "0.1.0"
