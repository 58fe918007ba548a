"""Uniform connectors to the MDM vendors."""
