"""What every route does with requests that no honest client sends: a clear refusal, never a 500."""

import json
from typing import Any

import pytest

from inventory.access import Role
from tests.house.routes import ROUTES
from tests.house.test_route_matrix import GUARDED, KNOWN, Route
from tests.house.world import SETTINGS, World

WITH_BODY = [route for route in KNOWN if isinstance(ROUTES[str(route)].json, dict)]

NO_OBJECTS = (
    b"{", b"not json", b"\xff\xfe", b"[]", b'"text"', b"17", b"null", b'{"a":' * 2000,
    b'{"a": NaN}',
)  # fmt: skip


def ask(world: World, route: Route, **options: Any) -> Any:
    return world.ask(route, ROUTES[str(route)], (Role.COORDINATOR, world.district), **options)


def reads_query(route: Route) -> bool:
    if getattr(route.view, "__query__", False):
        return True
    parameters = getattr(route.view, "_apidoc", {}).get("arguments", {}).get("parameters", [])
    return any(each.get("in") == "query" for each in parameters)


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_body_that_is_no_object(sqlite_world: World, route: Route) -> None:
    for body in NO_OBJECTS:
        answer = ask(sqlite_world, route, json=None, data=body, content_type="application/json")
        assert answer.status_code in {400, 413, 422}, (body[:20], answer.text)
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_no_body_is_an_empty_one(sqlite_world: World, route: Route) -> None:
    empty = ask(sqlite_world, route, json=None, data=b"", content_type="application/json")
    braces = ask(sqlite_world, route, json={})
    assert empty.status_code == braces.status_code < 500, empty.text


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_field_that_nobody_knows(sqlite_world: World, route: Route) -> None:
    example = ROUTES[str(route)].json
    assert isinstance(example, dict)
    for more in ({"id": 1}, {"version": 99}, {"is_admin": True}, {"__class__": "x"}):
        answer = ask(sqlite_world, route, json={**strings(example), **more})
        assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_a_field_of_another_kind(world: World, route: Route) -> None:
    example = ROUTES[str(route)].json
    assert isinstance(example, dict)
    for name in example:
        for value in ({}, [[]], -1, 10**400, 1.5, "\ud800", "x" * 3000, None, True):
            body = json.dumps({**strings(example), name: value})
            answer = ask(
                world, route, json=None, data=body.encode(), content_type="application/json"
            )
            assert answer.status_code < 500, (name, value, answer.text)


ODD_FOR_A_DATABASE = (
    "-1", "9" * 400, "1e400", "\x00", b"\xed\xa0\x80", "x" * 3000, "'; --",
)  # fmt: skip
"""What one database stores and the other refuses: the rest is refused, or not, by our own code."""

ODD = (
    *ODD_FOR_A_DATABASE, "", " ", "<script>alert(1)</script>", "{{ 7 * 7 }}", "\u202etxt.exe",
    "../../etc", "true", "=1+1",
)  # fmt: skip


@pytest.mark.parametrize("route", [r for r in KNOWN if ROUTES[str(r)].form is not None], ids=str)
def test_a_form_filled_with_anything(world: World, route: Route) -> None:
    """All other fields are right, so that it is this one that is refused, stored or shown."""
    example = ROUTES[str(route)].form
    assert example is not None
    refused = False
    for name in [*example, "nobody_knows"]:
        for value in ODD if world.database.is_sqlite else ODD_FOR_A_DATABASE:
            answer = ask(world, route, instead={name: value}, again=refused)
            assert answer.status_code < 500, (name, value, answer.text)
            assert "<script>alert" not in answer.text
            refused = answer.status_code == 422


@pytest.mark.parametrize("route", [r for r in KNOWN if r.method != "GET"], ids=str)
def test_a_body_beyond_the_cap(sqlite_world: World, route: Route) -> None:
    body = b'{"x": "' + b"y" * SETTINGS.max_body_bytes + b'"}'
    answer = ask(sqlite_world, route, json=None, data=body, content_type="application/json")
    assert answer.status_code == 413, answer.text


@pytest.mark.parametrize("route", [r for r in KNOWN if reads_query(r)], ids=str)
def test_a_query_argument_that_nobody_knows(sqlite_world: World, route: Route) -> None:
    answer = ask(sqlite_world, route, query_string={"stauts": "lost"})
    assert answer.status_code == 422, answer.text
    assert "stauts" in answer.text


@pytest.mark.parametrize("route", [r for r in GUARDED if "<int" in r.rule.rule], ids=str)
def test_a_path_that_is_no_id(world: World, route: Route) -> None:
    with world.database.unit() as db:
        bearer = f"Bearer {world.token(db, (Role.COORDINATOR, world.district))}"
    for odd in ("2147483648", "9" * 30, "-1", "0", "x", "%00", "1%2F2", ".."):
        path = "/".join(odd if p.startswith("<") else p for p in route.rule.rule.split("/"))
        answer = world.client().open(
            path, method=route.method, headers={"Authorization": bearer, "If-Match": "*"}
        )
        assert answer.status_code in {400, 403, 404, 405, 422}, (odd, answer.text)


def strings(example: dict[str, Any]) -> dict[str, Any]:
    """The example with objects named by number: the request is refused before they matter."""
    return json.loads(json.dumps(example).replace('"$unique"', '"u1"').replace('"$site"', "1"))  # type: ignore[no-any-return]
