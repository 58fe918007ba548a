"""/api/v1/people: read-only; people come from the roster."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.errors import InvalidInput
from inventory.http.blueprint import api_blueprint
from inventory.http.paging import decode_cursor, encode_cursor, page_of
from inventory.http.unit import current_actor, current_db
from inventory.people import service
from inventory.people.models import Person
from inventory.people.schemas import PersonArgs, PersonView
from inventory.people.service import Name, PersonFilter

bp = api_blueprint("people", "/people", "Pupils and staff, as the roster names them.")
PersonPage = page_of(PersonView)


@bp.route("")
@guarded(Permission.PERSON_READ)
@bp.arguments(PersonArgs, location="query")
@bp.response(200, PersonPage)
def list_people(given: dict[str, Any]) -> dict[str, object]:
    """People of the caller's schools, by family and given name."""
    wanted = PersonFilter(
        given.get("q", ""), given.get("role"), given.get("site_id"), given.get("active")
    )
    limit = given["limit"]
    found = service.search(
        current_db(), current_actor(), wanted, after=_after(given), limit=limit + 1
    )
    page = found[:limit]
    return {"items": page, "next": _cursor(page[-1]) if len(found) > limit else None}


@bp.route("/<int(max=2147483647):person_id>")
@guarded(Permission.PERSON_READ)
@bp.response(200, PersonView)
def read(person_id: int) -> Person:
    """One person."""
    return service.get(current_db(), current_actor(), person_id)


def _cursor(person: Person) -> str:
    return encode_cursor([person.family_name, person.given_name, person.id])


def _after(given: dict[str, Any]) -> Name | None:
    if "after" not in given:
        return None
    match decode_cursor(given["after"]):
        case [str(family), str(first), int(id_)]:
            return family, first, id_
    raise InvalidInput("`after` is not a cursor of this list")
