"""Where vendors tell what happened: signed calls, without an account."""

from collections.abc import Hashable
from datetime import datetime
from typing import cast

from flask import Response, request

from inventory.accounts.guard import address, public
from inventory.accounts.throttle import Buckets, neighbourhood
from inventory.errors import Conflict, TooLarge, TooManyRequests
from inventory.fleet import hooks
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_now, runtime

MOST_BYTES = 1_000_000
STRANGE_A_MINUTE = 300
"""Calls of one address for one connection that are not believed."""
STRANGE_IN_ALL = 3_000
"""Calls of one address that are not believed. It is more than for one connection, so that whoever
shares a vendor's address (a proxy's) and knows no connection cannot silence it."""
TOLD_A_MINUTE = 6_000
"""Calls of one connection that are. A vendor that is sent away does not come back: this is what
some ten thousand devices tell when all of them are woken at once."""

bp = api_blueprint("mdm_hooks", "/mdm/hooks", "What MDM vendors tell by webhook.")


class Pace:
    """How often, in this process: strangers by address and connection, vendors by connection."""

    def __init__(self) -> None:
        self.strange = Buckets(burst=STRANGE_A_MINUTE, per_minute=STRANGE_A_MINUTE)
        self.strange_in_all = Buckets(burst=STRANGE_IN_ALL, per_minute=STRANGE_IN_ALL)
        self.told = Buckets(burst=TOLD_A_MINUTE, per_minute=TOLD_A_MINUTE)


@bp.route("/<string(length=32):uid>", methods=["POST"])
@public("a vendor has no account: each call is signed with its connection's own key")
@bp.response(204)
def tell(uid: str) -> Response:
    """One call of a vendor, signed as that vendor does (NanoMDM: X-Hmac-Signature).

    404 answers every call that is not believed, and a connection that is not there. A call that
    came before is taken, and changes nothing. 409: a device answered another device's command.
    """
    app, now = runtime(), current_now()
    pace = cast(Pace, app.database.info.setdefault("mdm_hook_pace", Pace()))
    place = neighbourhood(address())
    _within(pace.strange, (place, uid), now, "too many calls from this address")
    _within(pace.strange_in_all, place, now, "too many calls from this address")
    if request.content_length is None or request.content_length > MOST_BYTES:
        raise TooLarge(f"a call has at most {MOST_BYTES} bytes, and tells how many")
    # Read before the unit opens, so that a slow caller holds up no other writer.
    body, headers = request.get_data(cache=False), dict(request.headers.items())
    with app.database.unit(write=False) as db:
        hooks.believe(db, uid, headers, body)
    pace.strange.give_back((place, uid))
    pace.strange_in_all.give_back(place)
    _within(pace.told, uid, now, "too many calls for this connection")
    with app.database.unit() as db:
        heard = hooks.hear(db, uid, headers, body, origin=address(), now=now)
    refused = next((event.refused for event in heard if event.refused), "")
    if refused:
        raise Conflict(refused)
    return Response(status=204)


def _within(buckets: Buckets, key: Hashable, now: datetime, why: str) -> None:
    wait = buckets.take(key, now)
    if wait:
        raise TooManyRequests(why, int(wait) + 1)
