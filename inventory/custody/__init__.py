"""Custody: who has a device, since when, until when, and what came along with it."""
