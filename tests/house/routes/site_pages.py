"""Pages of places."""

from tests.house.routes import Example, Place

SITE = "/sites/<int(max=2147483647):site_id>"
OF_PLACE = {"site_id": "$place"}


def asked(rule: str, form: dict[str, object], site: str = "$place") -> dict[str, Example]:
    """A form and its answer."""
    path = {"site_id": site}
    return {
        f"GET {rule}": Example(path=path, place=Place.OBJECT),
        f"POST {rule}": Example(path=path, form=form, place=Place.OBJECT),
    }


ROUTES = {
    "GET /sites": Example(),
    f"GET {SITE}": Example(path=OF_PLACE, place=Place.OBJECT),
    f"GET {SITE}/inside": Example(path=OF_PLACE, place=Place.OBJECT),
    **asked(f"{SITE}/new", {"kind": "room", "name": "Room 1"}, "$site"),
    **asked(f"{SITE}/edit", {"name": "Room 2", "version": "1"}),
    **asked(f"{SITE}/move", {"parent_id": "$site", "version": "1"}),
    **asked(f"{SITE}/delete", {"version": "1"}),
}
