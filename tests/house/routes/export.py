"""The asset list as a file."""

from tests.house.routes import Example

ROUTES = {
    "GET /api/v1/assets.csv": Example(
        query={"q": "x", "status": "deployed", "sort": "-name", "columns": "tag"}
    ),
}
