"""Pages of drift and of the allow-list."""

from tests.house.routes import Example, Place

PATH = "/admin-rights"
ONE = f"{PATH}/drift/<int(max=2147483647):drift_id>"
ENTRY = f"{PATH}/allow-list/<int(max=2147483647):entry_id>/remove"
OF_ONE, OF_ENTRY = {"drift_id": "$admin_drift"}, {"entry_id": "$allowed_account"}

ROUTES = {
    f"GET {PATH}/drift": Example(),
    f"GET {PATH}/drift/export": Example(),
    f"GET {ONE}": Example(path=OF_ONE, place=Place.OBJECT),
    f"POST {ONE}": Example(
        path=OF_ONE, form={"state": "accepted", "note": "known", "version": "1"},
        place=Place.OBJECT,
    ),
    f"GET {PATH}/allow-list": Example(),
    f"GET {PATH}/allow-list/new": Example(),
    f"POST {PATH}/allow-list/new": Example(
        form={"pattern": "$unique", "site_id": "$site", "reason": "backup",
              "until": "2026-12-24"},
        place=Place.OBJECT,
    ),
    f"GET {ENTRY}": Example(path=OF_ENTRY, place=Place.OBJECT),
    f"POST {ENTRY}": Example(path=OF_ENTRY, form={"reason": "no longer"}, place=Place.OBJECT),
}  # fmt: skip
