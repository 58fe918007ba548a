"""Every route for every role at its own school, at another one, and for nobody: roles decide.

Generated from the URL map. A route without `__permission__` or a public reason fails, and so does
one without an example in `tests/house/routes/`.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from flask.views import View
from werkzeug.routing import Rule

from inventory.access import ROLE_PERMISSIONS, Permission, Role
from tests.house.routes import ROUTES, Place
from tests.house.world import APP, World

DOCUMENTATION = {"GET /api/v1/openapi.json"}
"""Made by the API library: the description of the API, which holds nothing of the district."""


@dataclass(frozen=True)
class Route:
    """A method of a rule, with the function that answers it."""

    method: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def page(self) -> bool:
        """Whether it answers a person in a browser."""
        return bool(getattr(getattr(self.view, "__rule__", None), "page", False))

    @property
    def view(self) -> Any:
        view = APP.view_functions[self.rule.endpoint]
        answering: type[View] | None = getattr(view, "view_class", None)
        return view if answering is None else getattr(answering, self.method.lower())


ALL = [
    Route(method, rule)
    for rule in APP.url_map.iter_rules()
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
]
ALL = [route for route in ALL if str(route) not in DOCUMENTATION]
GUARDED = [route for route in ALL if hasattr(route.view, "__permission__")]
KNOWN = [route for route in GUARDED if str(route) in ROUTES]


@pytest.mark.parametrize("route", ALL, ids=str)
def test_a_route_says_who_may(route: Route) -> None:
    permission = getattr(route.view, "__permission__", None)
    reason = getattr(route.view, "__public__", "")
    assert (permission in set(Permission)) != bool(reason), "guarded(...) or public(...), not both"
    assert not reason or len(reason) > 20, "a public route says why"
    assert str(route) in ROUTES, "add an example to tests/house/routes/"


def test_every_example_has_a_route() -> None:
    assert set(ROUTES) - {str(route) for route in ALL} == set()


@pytest.mark.parametrize("route", KNOWN, ids=str)
def test_nobody_gets_in(world: World, route: Route) -> None:
    answer = world.ask(route, ROUTES[str(route)], None)
    if route.page:
        assert answer.status_code == 303, answer.text
        assert answer.headers["Location"].startswith("/sign-in")
        return
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"]


def deciding(permission: Permission, *, every: bool) -> list[Role]:
    """All roles; or one that holds the permission, and one that does not: what a role may is the
    same table of Python on both databases, and it is the route's SQL that the second one proves."""
    if every:
        return list(Role)
    held = [role for role in Role if permission in ROLE_PERMISSIONS[role]]
    return held[:1] + [role for role in Role if role not in held][:1]


@pytest.mark.parametrize("route", KNOWN, ids=str)
def test_the_role_decides(world: World, route: Route) -> None:
    example = ROUTES[str(route)]
    wrong = []
    for role in deciding(route.view.__permission__, every=world.database.is_sqlite):
        held = route.view.__permission__ in ROLE_PERMISSIONS[role]
        local, whole = (role, world.north), (role, world.district)
        at_own = held and example.place is not Place.DISTRICT
        for caller, allowed in ((local, at_own), (whole, held)):
            answer = world.ask(route, example, caller, made=held)
            refused = answer.status_code in {401, 403, 404} or answer.status_code >= 500
            if refused == allowed or (not allowed and answer.status_code != 403):
                wrong.append((role.value, caller[1], allowed, answer.status_code, answer.text))
    assert not wrong


@pytest.mark.parametrize(
    "route",
    [r for r in KNOWN if ROUTES[str(r)].place in {Place.OBJECT, Place.OWN}],
    ids=str,
)
def test_another_school_is_out_of_reach(world: World, route: Route) -> None:
    example = ROUTES[str(route)]
    wrong = []
    for role in Role:
        if route.view.__permission__ in ROLE_PERMISSIONS[role]:
            answer = world.ask(route, example, (role, world.north), other=True)
            # 422: a body that names something invisible is as wrong as one that names nothing.
            if answer.status_code not in {403, 404, 422}:
                wrong.append((role.value, answer.status_code, answer.text))
    assert not wrong


@pytest.mark.parametrize("route", [r for r in KNOWN if r.view.__rule__.session_only], ids=str)
def test_a_token_is_no_person(sqlite_world: World, route: Route) -> None:
    """Refused before anything is looked up but the token."""
    world = sqlite_world
    for role in Role:
        caller = (role, world.district)
        answer = world.ask(route, ROUTES[str(route)], caller, made=False, token=True)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "route",
    [r for r in GUARDED if r.method not in {"GET", "HEAD"} and str(r) in ROUTES],
    ids=str,
)
def test_a_session_needs_its_csrf_token(world: World, route: Route) -> None:
    caller = (Role.COORDINATOR, world.district)
    answer = world.ask(route, ROUTES[str(route)], caller, csrf=False)
    assert answer.status_code == 403
    assert "X-CSRF-Token" in answer.text


@pytest.mark.parametrize("route", [r for r in KNOWN if r.page], ids=str)
def test_a_page_is_a_page(world: World, route: Route) -> None:
    answer = world.ask(route, ROUTES[str(route)], (Role.COORDINATOR, world.district))
    # 409: a page that says why this person may not do it, or not yet.
    assert answer.status_code in {200, 204, 303, 409, 422}, answer.text
    if answer.status_code in {200, 409, 422} and answer.mimetype == "text/html":
        policy = answer.headers["Content-Security-Policy"]
        if route.rule.rule.startswith("/scan"):
            # Its reader of codes is WebAssembly; scripts from text stay forbidden there, too.
            policy = policy.replace(" 'wasm-unsafe-eval'", "")
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert " style=" not in answer.text
        assert "<script>" not in answer.text
