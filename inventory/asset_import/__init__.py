"""Assets from spreadsheets and other systems: planned, looked at, approved, applied, undone."""
