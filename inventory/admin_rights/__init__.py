"""Administrators of computers: who is one, who may be."""
