"""Where vendors tell what happened: signed calls, without an account."""

from typing import cast

from flask import Response, request

from inventory.accounts.guard import address, public
from inventory.accounts.throttle import Buckets
from inventory.errors import TooLarge, TooManyRequests
from inventory.fleet import hooks
from inventory.http.blueprint import api_blueprint
from inventory.http.unit import current_now, runtime

MOST_BYTES = 1_000_000
A_MINUTE = 1_200

bp = api_blueprint("mdm_hooks", "/mdm/hooks", "What MDM vendors tell by webhook.")


@bp.route("/<string(length=32):uid>", methods=["POST"])
@public("a vendor has no account: each call is signed with its connection's own key")
@bp.response(204)
def tell(uid: str) -> Response:
    """One call of a vendor, signed as that vendor does (NanoMDM: X-Hmac-Signature).

    404 answers every call that is not believed, and a connection that is not there. A call that
    came before is taken, and changes nothing.
    """
    app, now = runtime(), current_now()
    rate = app.database.info.setdefault(
        "mdm_hook_rate", Buckets(burst=A_MINUTE, per_minute=A_MINUTE)
    )
    wait = cast(Buckets, rate).take(address(), now)
    if wait:
        raise TooManyRequests("too many calls from this address", int(wait) + 1)
    if request.content_length is None or request.content_length > MOST_BYTES:
        raise TooLarge(f"a call has at most {MOST_BYTES} bytes, and tells how many")
    # Read before the unit opens, so that a slow caller holds up no other writer.
    body = request.get_data(cache=False)
    with app.database.unit() as db:
        hooks.hear(db, uid, dict(request.headers.items()), body)
    return Response(status=204)
