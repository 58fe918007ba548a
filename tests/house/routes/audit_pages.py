"""Pages of the audit log."""

from tests.house.routes import Example, Place

ROUTES = {
    "GET /audit": Example(),
    "GET /audit/verify": Example(place=Place.DISTRICT),
    "GET /audit/events.csv": Example(),
}
