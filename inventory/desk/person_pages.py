"""/people/{id}: one person, and what they have and had."""

from flask import Blueprint, Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import listing
from inventory.http.unit import current_actor, current_db, current_now
from inventory.people import recovery, service
from inventory.people.viewing import record_views
from inventory.sites import naming
from inventory.web.pages import page

bp = Blueprint("person_pages", __name__, url_prefix="/people")
MOST = 100


@bp.route("/<int(max=2147483647):person_id>")
@guarded(Permission.PERSON_READ, page=True, write=True)
def show(person_id: int) -> Response:
    """One person; their devices for who may know who has what."""
    db, actor = current_db(), current_actor()
    person = service.get(db, actor, person_id)
    record_views(db, actor, [person.id], now=current_now(), site_id=person.site_id)
    others = service.other_sites(db, person.id)
    knows = actor.holds(Permission.CUSTODY_READ)
    mine = [person.id] if knows else []
    return page(
        "people/person.html", person=person, others=others, knows=knows, now=current_now(),
        places=naming.spots(db, actor, [person.site_id, *others]),
        task=recovery.open_task(db, person.id),
        has=listing.of_people(db, actor, mine, out=True, limit=MOST) if knows else [],
        had=listing.of_people(db, actor, mine, out=False, limit=MOST) if knows else [],
        may_hand=actor.may(Permission.CUSTODY_WRITE, person.site_id),
    )  # fmt: skip
