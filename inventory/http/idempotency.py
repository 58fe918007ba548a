"""Idempotency-Key on creations: a request that is sent twice is done once, and answered twice.

The key is written in the transaction of the work itself, so there is no moment at which one is
kept and the other lost. Keys live for a day and belong to the account that sent them. A route
whose answer holds a secret must not use this: the answer is stored as it was given.
"""

import functools
import hashlib
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from flask import Response, current_app, request
from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.db import insert_unless_there
from inventory.errors import InvalidInput
from inventory.http.models import IdempotencyKey
from inventory.http.unit import current_actor, current_db, current_now

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LIFETIME = timedelta(hours=24)
MAX_KEY = 200
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
View = Callable[..., Any]


def idempotent(view: View) -> View:
    """Stands directly under `guarded`. Without the header the route works as any other.

    Raises `InvalidInput` for a malformed key, and for one that was used for another request.
    """

    @functools.wraps(view)
    def once(*args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return current_app.make_response(view(*args, **kwargs))
        return _once(_checked(key), functools.partial(view, *args, **kwargs))

    described = cast(Any, once)
    described._apidoc = deepcopy(getattr(view, "_apidoc", {}))
    described._apidoc.setdefault("manual_doc", {})["parameters"] = [
        {
            "in": "header",
            "name": HEADER,
            "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY},
            "description": "A text of your own; the same request sent again with it is not "
            "done twice, but answered as the first time. Kept for 24 hours.",
        }
    ]
    return once


def _checked(key: str) -> str:
    if not 0 < len(key) <= MAX_KEY or not (key.isascii() and key.isprintable()):
        message = f"must be 1 to {MAX_KEY} printable ASCII characters"
        raise InvalidInput(f"{HEADER} {message}", {HEADER: [message]})
    return key


def _once(key: str, view: Callable[[], Any]) -> Response:
    db, now = current_db(), current_now()
    place = {"actor": _owner(current_actor()), "route": str(request.endpoint), "key": key}
    digest = _digest()
    forget_old(db, now=now)
    row = {
        **place, "digest": digest, "status": 0, "headers": "{}", "body": "", "created_at": now,
    }  # fmt: skip
    if not insert_unless_there(db, IdempotencyKey, row):
        return _again(_find(db, place), digest)
    response = current_app.make_response(view())
    kept = _find(db, place)
    if response.status_code >= 300:
        db.delete(kept)
        return response
    kept.status, kept.body = response.status_code, response.get_data(as_text=True)
    kept.headers = json.dumps(
        {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    )
    db.add(kept)
    return response


def _owner(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}" if actor.id is not None else f"{actor.kind}:{actor.name}"[:80]


def _digest() -> str:
    said = f"{request.method} {request.full_path}\n".encode() + request.get_data(cache=True)
    return hashlib.sha256(said).hexdigest()


def _find(db: Session, place: dict[str, str]) -> IdempotencyKey:
    return db.exec(
        select(IdempotencyKey).where(
            IdempotencyKey.actor == place["actor"],
            IdempotencyKey.route == place["route"],
            IdempotencyKey.key == place["key"],
        )
    ).one()


def _again(row: IdempotencyKey, digest: str) -> Response:
    if row.digest != digest:
        message = "was used for another request"
        raise InvalidInput(f"this {HEADER} {message}", {HEADER: [message]})
    response = Response(row.body, row.status, headers=json.loads(row.headers))
    response.headers[REPLAYED] = "true"
    return response


def forget_old(db: Session, *, now: datetime) -> None:
    """Delete keys that are older than a day."""
    db.execute(sa.delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < now - LIFETIME))
