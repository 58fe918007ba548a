"""Telling people of what cannot wait: by mail and by signed webhooks, rows first."""
