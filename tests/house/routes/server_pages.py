"""Pages of background jobs and of the settings."""

from tests.house.routes import Example, Place

ROUTES = {
    "GET /jobs": Example(place=Place.DISTRICT),
    "GET /settings": Example(place=Place.DISTRICT),
}
