"""/api/v1/people: people come from the roster; who looks at them is written into the audit log."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.blueprint import api_blueprint
from inventory.http.paging import page_of
from inventory.http.unit import current_actor, current_db, current_now
from inventory.people import service
from inventory.people.models import Person
from inventory.people.schemas import (
    AccountLink,
    OnePerson,
    PersonArgs,
    PersonView,
    TemporaryPerson,
    after_of,
    cursor_of,
)
from inventory.people.service import PersonFilter
from inventory.people.viewing import record_views

bp = api_blueprint("people", "/people", "Pupils and staff, as the roster names them.")
PersonPage = page_of(PersonView)
ID = "/<int(max=2147483647):person_id>"


@bp.route("")
@guarded(Permission.PERSON_READ, write=True)
@bp.arguments(PersonArgs, location="query")
@bp.response(200, PersonPage)
def list_people(given: dict[str, Any]) -> dict[str, object]:
    """People of the caller's schools, by family and given name."""
    wanted = PersonFilter(
        given.get("q", ""), given.get("role"), given.get("site_id"), given.get("active")
    )
    limit = given["limit"]
    db, actor = current_db(), current_actor()
    found = service.search(db, actor, wanted, after=after_of(given.get("after")), limit=limit + 1)
    page = found[:limit]
    record_views(db, actor, [person.id for person in page], now=current_now())
    return {"items": page, "next": cursor_of(page[-1]) if len(found) > limit else None}


@bp.route("", methods=["POST"])
@guarded(Permission.PERSON_WRITE)
@bp.arguments(TemporaryPerson)
@bp.response(201, OnePerson)
def add(given: dict[str, Any]) -> dict[str, Any]:
    """Somebody whom the roster does not know yet. The next import that brings the only one of that
    name and role at the school makes this person theirs."""
    person = service.add_temporary(current_db(), current_actor(), **given, now=current_now())
    return shown(person)


@bp.route(ID)
@guarded(Permission.PERSON_READ, write=True)
@bp.response(200, OnePerson)
def read(person_id: int) -> dict[str, Any]:
    """One person."""
    return shown(service.get(current_db(), current_actor(), person_id))


@bp.route(f"{ID}/account", methods=["PUT"])
@guarded(Permission.PERSON_APPROVE)
@bp.arguments(AccountLink)
@bp.response(200, OnePerson)
def link(given: dict[str, Any], person_id: int) -> dict[str, Any]:
    """Say with which account the person signs in here, null for none. The account ends when the
    person leaves."""
    person = service.link_account(
        current_db(), current_actor(), person_id, **given, now=current_now()
    )
    return shown(person)


def shown(person: Person) -> dict[str, Any]:
    """One person in an answer, which is written down."""
    db = current_db()
    record_views(db, current_actor(), [person.id], now=current_now(), site_id=person.site_id)
    return {**person.model_dump(), "other_site_ids": service.other_sites(db, person.id)}
