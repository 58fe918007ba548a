"""Who may sign in, with which roles where; sessions, tokens, and the guard of every route."""
