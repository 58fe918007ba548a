"""Pages of computers that enrol themselves."""

from tests.house.routes import Example

ROUTES = {
    "GET /enrol": Example(),
    "GET /enrol/scripts/<name>": Example(path={"name": "enrol.sh"}),
    "GET /enrol/token": Example(),
    "POST /enrol/token": Example(form={"label": "cart 3", "uses": "30", "days": "7"}),
}
