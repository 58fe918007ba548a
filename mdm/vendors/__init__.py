"""One module a vendor: `INFO` and `connect`."""
