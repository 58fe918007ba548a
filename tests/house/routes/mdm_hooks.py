"""What vendors tell by webhook."""

from tests.house.routes import Example

ROUTES = {
    "POST /api/v1/mdm/hooks/<string(length=32):uid>": Example(path={"uid": "0" * 32}, json={}),
}
