"""GET /api/v1/lookup/{tag} and GET /api/v1/health."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager

from flask import Response

from inventory import __version__
from inventory.access import Permission
from inventory.accounts.guard import guarded, public
from inventory.assets.near import near
from inventory.custody.viewing import record_person_views
from inventory.db import Database
from inventory.desk.door import Door
from inventory.desk.lookup import lookup
from inventory.desk.schemas import HealthView, LookupView
from inventory.http.blueprint import api_blueprint
from inventory.http.paths import allow_rest
from inventory.http.unit import current_actor, current_db, current_now, runtime

bp = api_blueprint("desk", "", "Lookups for the helpdesk, and the server's health.")
allow_rest(bp)


@contextmanager
def door_of(database: Database) -> Iterator[Door]:
    """A cursor of a pooled driver connection: one statement needs no session and no transaction."""
    connection = database.engine.raw_connection()
    try:
        with closing(connection.cursor()) as cursor:
            yield Door(cursor, database.is_sqlite)
    finally:
        connection.close()


@bp.route("/lookup/<rest:tag>", merge_slashes=False)
@guarded(Permission.LOOKUP)
@bp.response(200, LookupView)
def look_up(tag: str) -> Response:
    """What is this tag? Identity, status, place, last seen, addresses, supplies, open matters, and
    who has it, for those who may see that; that a person was shown is written down.

    A former tag answers for the asset that bore it. An unknown one is a 404 whose `near` holds the
    tags that may have been meant. The tag may hold slashes, blanks and any script.
    """
    db, actor = current_db(), current_actor()

    def meant(text: str) -> list[str]:
        return [miss.tag for miss in near(db, actor, text, permission=Permission.LOOKUP)]

    with door_of(runtime().database) as door:
        found = lookup(door, actor, tag, near=meant)
    holder = found.get("holder")
    if holder is not None and holder["person_id"] is not None:
        # Reading alone writes nothing: the one case that is written down opens a unit of its own.
        with runtime().database.unit() as writing:
            record_person_views(writing, actor, [holder["person_id"]], now=current_now())
    # The answer is dumped once, by hand: marshmallow would double the cost of the busiest route.
    # A test loads it back through `LookupView`.
    return Response(json.dumps(found, ensure_ascii=False), content_type="application/json")


@bp.route("/health")
@public("monitors ask without an account; the answer tells nothing about the district")
@bp.response(200, HealthView)
def health() -> dict[str, str]:
    """Whether the server answers and its database does."""
    with runtime().database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    return {"status": "ok", "version": __version__, "database": connection.dialect.name}
