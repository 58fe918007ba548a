"""Photos of a custody, and the list as a file."""

from tests.house.routes import Example, Place
from tests.house.routes.attachments import picture

ONE = "/custody/<int(max=2147483647):custody_id>/photos"
OF_ONE = {"custody_id": "$custody"}
SENT = {"path": OF_ONE, "form": {"side": "out"}, "files": {"file": ("a.png", picture())}}

ROUTES = {
    "GET /custody/handed-out.csv": Example(query={"overdue": "true"}),
    f"GET /api/v1{ONE}": Example(path=OF_ONE, place=Place.OBJECT),
    f"POST /api/v1{ONE}": Example(**SENT, place=Place.OBJECT),
    f"GET {ONE}": Example(path=OF_ONE, place=Place.OBJECT),
    f"POST {ONE}": Example(**SENT, place=Place.OBJECT),
}
