"""Pages of everybody: the door, one's own account, home, the kit's components."""

from tests.house.routes import Example

ROUTES = {
    "GET /sign-in": Example(),
    "POST /sign-in": Example(form={"user_name": "jane", "password": "wrong"}),
    "GET /setup": Example(),
    "POST /setup": Example(form={"secret": "x", "user_name": "jane"}),
    "POST /sign-out": Example(form={}),
    "GET /me/password": Example(),
    "POST /me/password": Example(form={"current": "wrong"}),
    "GET /": Example(),
    "GET /find": Example(query={"q": "printer"}),
    "GET /palette": Example(query={"q": "pri"}),
    "GET /components": Example(),
    "GET /components/dialog": Example(),
    "POST /components/dialog": Example(form={"name": "x", "kind": "printer"}),
}
