"""/api/v1/people/recovery: those who have left, and what is to come back from them."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.blueprint import api_blueprint
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.unit import current_actor, current_db, current_now
from inventory.people import recovery, service
from inventory.people.models import Person
from inventory.people.roster_models import RecoveryTask
from inventory.people.roster_schemas import (
    RecoveryClosing,
    RecoveryTaskArgs,
    RecoveryTaskPage,
    RecoveryTaskView,
)
from inventory.people.viewing import record_views

bp = api_blueprint("people_recovery", "/people/recovery", "What is to come back from who left.")

Row = tuple[RecoveryTask, Person]


def body_of(row: Row) -> dict[str, Any]:
    task, person = row
    name = f"{person.given_name} {person.family_name}"
    return {**task.model_dump(), "person": name, "site_id": person.site_id}


@bp.route("")
@guarded(Permission.PERSON_READ, write=True)
@bp.arguments(RecoveryTaskArgs, location="query")
@bp.response(200, RecoveryTaskPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Recovery tasks of the caller's schools, oldest first. Who looks is written down."""
    db, actor, limit = current_db(), current_actor(), args["limit"]
    rows = recovery.listed(db, actor, closed=args["closed"], after=after_id(args), limit=limit + 1)
    record_views(db, actor, [person.id for _task, person in rows[:limit]], now=current_now())
    return page_of_rows(
        rows, limit, lambda kept: [body_of(row) for row in kept], key=lambda row: int(row[0].id)
    )


@bp.route("/<int(max=2147483647):task_id>/close", methods=["POST"])
@guarded(Permission.PERSON_WRITE)
@bp.arguments(RecoveryClosing)
@bp.response(200, RecoveryTaskView)
def close(given: dict[str, Any], task_id: int) -> dict[str, Any]:
    """Everything is back, or given up. 409 for a task that is closed."""
    db, actor = current_db(), current_actor()
    task = recovery.close(db, actor, task_id, **given, now=current_now())
    return body_of((task, service.get(db, actor, task.person_id)))
