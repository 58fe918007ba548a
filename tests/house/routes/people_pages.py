"""Pages of people and of imports."""

from tests.house.routes import Example, Place
from tests.house.routes.people import APPLIED, CSV, WAITING

IMPORTS = "/people/imports"
PLAN = f"{IMPORTS}/<int(max=2147483647):plan_id>"

ROUTES = {
    "GET /people": Example(),
    "GET /people/<int(max=2147483647):person_id>": Example(
        path={"person_id": "$person"}, place=Place.OBJECT
    ),
    f"GET {IMPORTS}": Example(place=Place.DISTRICT),
    f"POST {IMPORTS}": Example(
        form={"source": "SIS", "some": "true"}, files={"file": ("people.csv", CSV)},
        place=Place.DISTRICT,
    ),
    f"GET {PLAN}": Example(path=WAITING, place=Place.DISTRICT),
    f"POST {PLAN}/approve": Example(path=WAITING, form={"reason": ""}, place=Place.DISTRICT),
    f"POST {PLAN}/refuse": Example(path=WAITING, form={"reason": "x"}, place=Place.DISTRICT),
    f"POST {PLAN}/undo": Example(path=APPLIED, form={"reason": "x"}, place=Place.DISTRICT),
}  # fmt: skip
