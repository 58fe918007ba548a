"""Pages of connections to MDM vendors and of managed devices."""

from tests.house.routes import Example, Place
from tests.house.routes.fleet import CONFIG, ONE, WHOLE

CONNECTION = "/connections/<int(max=2147483647):connection_id>"
SETTINGS = {f"read_{name}": value for name, value in CONFIG.items()}

ROUTES = {
    "GET /connections": Example(),
    "GET /connections/new": Example(query={"vendor": "intune"}),
    "POST /connections/new": Example(
        query={"vendor": "intune"}, form={"label": "$unique", "site_id": "$site", **SETTINGS},
        place=Place.OBJECT,
    ),
    f"GET {CONNECTION}": Example(path=WHOLE, place=Place.OBJECT),
    f"GET {CONNECTION}/edit": Example(path=WHOLE, place=Place.OBJECT),
    f"POST {CONNECTION}/edit": Example(
        path=WHOLE, form={"label": "$unique", "version": 1, "site_id": "$site"},
        place=Place.OBJECT,
    ),
    f"GET {CONNECTION}/delete": Example(path=WHOLE, place=Place.OBJECT),
    f"POST {CONNECTION}/delete": Example(path=WHOLE, form={"version": 1}, place=Place.OBJECT),
    f"POST {CONNECTION}/test": Example(path=ONE, form={}, place=Place.OBJECT),
    f"POST {CONNECTION}/sync": Example(path=WHOLE, form={"scope": "full"}, place=Place.OBJECT),
    f"POST {CONNECTION}/cancel-sync": Example(path=WHOLE, form={}, place=Place.OBJECT),
    "GET /managed": Example(),
    "GET /managed/differences": Example(),
}  # fmt: skip
