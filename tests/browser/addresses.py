"""Where every page of the web UI is looked at: route → addresses, with `{name}` from `Made`.

A page route that is missing here fails a test, so that no page escapes the gates. Routes that only
send elsewhere, or answer parts and files, are named in `NOT_PAGES` with the reason.
"""

ADDRESSES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/find": ("/find", "/find?q=printer"),
    "/components": ("/components",),
    "/components/dialog": ("/components/dialog",),
    "/me/password": ("/me/password",),
}

AT_THE_DOOR = ("/sign-in", "/sign-in?left=1")
"""Pages without sign-in."""

NOT_PAGES: dict[str, str] = {
    "/sign-in": "looked at as nobody, see AT_THE_DOOR",
    "/palette": "a part, looked at in test_find.py",
    "/setup": "sends to /sign-in once there is an account; looked at in the walk of the first run",
}
