"""/people: pupils and staff of the reader's schools. Who looks at whom is written down."""

from typing import Any

from flask import Blueprint, Response
from marshmallow import fields, validate

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.unit import current_actor, current_db, current_now
from inventory.people import service
from inventory.people.models import PersonRole
from inventory.people.schemas import after_of, cursor_of
from inventory.people.service import PersonFilter
from inventory.people.viewing import record_views
from inventory.schema import ObjectSchema, Text
from inventory.sites import naming
from inventory.web.arguments import with_query
from inventory.web.pages import page

bp = Blueprint("people_pages", __name__, url_prefix="/people")

ROWS = 50


class PeopleArgs(ObjectSchema):
    """Who is looked for, and which page of the list."""

    q = Text(max_length=120, load_default="")
    role = fields.Enum(PersonRole, by_value=True, load_default=None)
    left = fields.Boolean(load_default=False)
    after = fields.String(load_default=None, validate=validate.Length(max=500))


@bp.route("")
@guarded(Permission.PERSON_READ, page=True, write=True)
@with_query(PeopleArgs)
def listed(args: dict[str, Any]) -> Response:
    """People by family name: those who are here, or those who have left."""
    db, actor = current_db(), current_actor()
    wanted = PersonFilter(args["q"], args["role"], active=not args["left"])
    found = service.search(db, actor, wanted, after=after_of(args["after"]), limit=ROWS + 1)
    rows = found[:ROWS]
    record_views(db, actor, [person.id for person in rows], now=current_now())
    return page(
        "people/people.html", args=args, rows=rows, roles=PersonRole,
        places=naming.spots(db, actor, [person.site_id for person in rows]),
        next=cursor_of(rows[-1]) if len(found) > ROWS else None,
    )  # fmt: skip
