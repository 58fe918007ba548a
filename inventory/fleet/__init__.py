"""Connections to MDM vendors, and the devices that they know."""
