"""The people whom a roster names: pupils and staff. Not accounts: nobody here signs in."""
