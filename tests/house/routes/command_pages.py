"""Pages of remote commands, of the breaker and of holds."""

from tests.house.routes import Example, Place

ASSET = "/assets/<int(max=2147483647):asset_id>"
COMMAND = "/commands/<int(max=2147483647):command_id>"
BATCH = "/commands/batches/<int(max=2147483647):batch_id>"
CHANGE = "/command-rules/<int(max=2147483647):change_id>"
HOLD = "/holds/<int(max=2147483647):hold_id>"
ON = {"asset_id": "$managed"}
WHY = {"reason": "a test"}


def about(name: str, form: dict[str, object] | None = None) -> Example:
    return Example(path={"command_id": f"${name}"}, form=form, place=Place.OBJECT)


def held(name: str, form: dict[str, object]) -> Example:
    return Example(path={"hold_id": f"${name}"}, form=form, place=Place.OBJECT)


ROUTES = {
    f"GET {ASSET}/commands/new": Example(path=ON, query={"action": "wipe"}, place=Place.OBJECT),
    f"POST {ASSET}/commands/new": Example(
        path=ON, form={"action": "restart", **WHY}, place=Place.OBJECT
    ),
    f"GET {ASSET}/mdm": Example(path=ON, place=Place.OBJECT),
    f"GET {ASSET}/holds": Example(path=ON, place=Place.OBJECT),
    f"POST {ASSET}/holds": Example(path=ON, form={"kind": "legal", **WHY}, place=Place.OBJECT),
    f"POST {HOLD}/ask-release": held("hold", {"version": 1, **WHY}),
    f"POST {HOLD}/release": held("asked_hold", {"version": 2}),
    f"POST {HOLD}/keep": held("asked_hold", {"version": 2}),
    "GET /commands": Example(),
    f"GET {COMMAND}": about("asked_command"),
    f"POST {COMMAND}/approve": about("asked_command", {"seen": 1}),
    f"POST {COMMAND}/reject": about("asked_command", {**WHY}),
    f"POST {COMMAND}/cancel": about("own_command", {**WHY}),
    f"POST {COMMAND}/release": about("held_command", {**WHY}),
    f"POST {COMMAND}/settle": about("unclear_command", {"verdict": "done", **WHY}),
    f"POST {COMMAND}/reconcile": about("restored_command", {"sent": "true", **WHY}),
    f"POST {COMMAND}/pin": about("asked_command", {}),
    f"POST {COMMAND}/place": about("placed_command", {**WHY}),
    "GET /commands/batches/new": Example(query={"id": ["$managed", "$managed_too"]}),
    "POST /commands/batches/new": Example(
        form={"step": "look", "ids": "$managed", "action": "restart", **WHY}, place=Place.OBJECT
    ),
    "GET /commands/confirmed": Example(),
    f"GET {BATCH}": Example(path={"batch_id": "$command_batch"}, place=Place.OBJECT),
    f"GET {BATCH}/progress": Example(path={"batch_id": "$command_batch"}, place=Place.OBJECT),
    f"POST {BATCH}/approve": Example(
        path={"batch_id": "$command_batch"}, form={"digest": "0" * 64}, place=Place.OBJECT
    ),
    f"POST {BATCH}/stop": Example(
        path={"batch_id": "$command_batch"}, form={**WHY}, place=Place.OBJECT
    ),
    "GET /breaker": Example(),
    "POST /breaker/ask-close": Example(form={**WHY}, place=Place.DISTRICT),
    "POST /breaker/close": Example(form={}, place=Place.DISTRICT),
    "POST /breaker/keep-open": Example(form={}, place=Place.DISTRICT),
    "GET /command-rules": Example(),
    "POST /command-rules": Example(
        form={"name": "stale_days", "value": 10, **WHY}, place=Place.DISTRICT
    ),
    f"POST {CHANGE}/confirm": Example(
        path={"change_id": "$policy_change"}, form={}, place=Place.DISTRICT
    ),
    f"POST {CHANGE}/refuse": Example(
        path={"change_id": "$policy_change"}, form={}, place=Place.DISTRICT
    ),
    "GET /break-glass": Example(query={"asset_id": "$managed"}, place=Place.OBJECT),
    "POST /break-glass": Example(form={"step": "look", "tag": "$unique", "action": "wipe", **WHY}),
    "POST /break-glass/end": Example(form={**WHY}, place=Place.DISTRICT),
    "POST /break-glass/<int(max=2147483647):code_id>/review": Example(
        path={"code_id": "$used_code"}, form={"text": "a drill"}, place=Place.DISTRICT
    ),
}
