"""Directories of people: who is there, by what never changes of them. Read only."""
