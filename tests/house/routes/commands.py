"""Remote commands, batches, the breaker, the policy and sealed codes."""

import json
import os
from datetime import timedelta
from typing import Any

from sqlmodel import select

from inventory.assets import service as assets
from inventory.assets.kinds import Category, Outcome
from inventory.assets.service import AssetDraft
from inventory.commands.binding import binding_of
from inventory.commands.effects import EffectClass
from inventory.commands.escrow_models import PlaceFix
from inventory.commands.guard_models import BreakGlassCode, PolicyChange
from inventory.commands.models import CommandBatch, DeviceCommand
from inventory.commands.states import CommandState, Held
from inventory.fleet.models import MdmConnection, MdmDevice, Mode
from inventory.vault import binding_of as bound, vault_of
from mdm.capabilities import Effect
from mdm.types import Action, Ownership, Platform
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR

OTHERS = 900_001
"""The account that asked for whatever the caller decides about."""


def managed(side: Side) -> int:
    """An asset with a Chromebook at a vendor."""
    draft = AssetDraft(category=Category.CHROMEBOOK, site_id=side.site)
    asset = assets.create(side.db, OPERATOR, draft, now=side.now)
    connection = MdmConnection(
        vendor="google_workspace", label=f"v {os.urandom(6).hex()}", mode=Mode.LIVE,
        read_config="x", created_at=side.now, updated_at=side.now,
    )  # fmt: skip
    side.db.add(connection)
    side.db.flush()
    side.db.add(
        MdmDevice(
            connection_id=connection.id, vendor_id="1", asset_id=asset.id, fingerprint="x",
            platform=Platform.CHROMEOS, ownership=Ownership.COMPANY, outcome=Outcome.MATCHED,
            first_seen_at=side.now, last_seen_at=side.now, last_check_in=side.now,
        )
    )  # fmt: skip
    side.db.flush()
    return asset.id


def row(side: Side, state: CommandState, *, by: int = OTHERS, **more: Any) -> DeviceCommand:
    """A command on a managed device, written as it is."""
    asset_id = managed(side)
    device = side.db.exec(select(MdmDevice).where(MdmDevice.asset_id == asset_id)).one()
    command = DeviceCommand(
        asset_id=asset_id, device_id=device.id, connection_id=device.connection_id,
        connection_uid=os.urandom(16).hex(), device_key=os.urandom(16).hex(),
        vendor="google_workspace", vendor_id="1", platform="chromeos", ownership="company",
        action=Action.WIPE, effect=Effect.ERASES_EVERYTHING, effect_class=EffectClass.DESTROY,
        confirmed_by="command_id", reason="a test", approvals_needed=1, requested_by="somebody",
        requested_by_id=by, requested_kind="account", requested_at=side.now, changed_at=side.now,
        binding="", expires_at=side.now + timedelta(hours=1), state=state, **more,
    )  # fmt: skip
    command.binding = binding_of(command)
    side.db.add(command)
    side.db.flush()
    return command


def asked(side: Side) -> int:
    return row(side, CommandState.REQUESTED).id


def own(side: Side) -> int:
    return row(side, CommandState.REQUESTED, by=side.owner).id


def held(side: Side) -> int:
    return row(side, CommandState.HELD, held_reason=Held.STALE, held_from="ready").id


def restored(side: Side) -> int:
    return row(side, CommandState.HELD, held_reason=Held.RESTORE, held_from="ready").id


def unclear(side: Side) -> int:
    return row(side, CommandState.NEEDS_HUMAN, sent_at=side.now).id


def placed(side: Side) -> int:
    command = row(side, CommandState.VERIFIED, finished_at=side.now)
    fix = PlaceFix(
        command_id=command.id, asset_id=command.asset_id, sealed_place="", at=side.now,
        expires_at=side.now + timedelta(hours=1),
    )  # fmt: skip
    text = json.dumps({"latitude": 42.4, "longitude": -71.1, "accuracy": None, "at": None})
    fix.sealed_place = vault_of(side.db).seal(
        text.encode(), binding=bound("command_place", fix.uid, "sealed_place")
    )
    side.db.add(fix)
    side.db.flush()
    return command.id


def batch(side: Side) -> int:
    made = CommandBatch(
        action=Action.WIPE, gravest=Effect.ERASES_EVERYTHING, reason="a test", count=1,
        digest="0" * 64, approvals_needed=2, cool_off_minutes=60, requested_by="somebody",
        requested_by_id=OTHERS, requested_kind="account", requested_at=side.now,
        expires_at=side.now + timedelta(hours=1),
    )  # fmt: skip
    side.db.add(made)
    side.db.flush()
    row(side, CommandState.REQUESTED, batch_id=made.id)
    return made.id


def change(side: Side) -> int:
    for waiting in side.db.exec(select(PolicyChange).where(PolicyChange.state == "asked")):
        waiting.state = "refused"
        side.db.add(waiting)
    side.db.flush()
    made = PolicyChange(
        name="stale_days", before=14, after=20, weakens=True, reason="a test",
        asked_by="somebody", asked_by_id=OTHERS, asked_at=side.now,
    )  # fmt: skip
    side.db.add(made)
    side.db.flush()
    return made.id


def used_code(side: Side) -> int:
    made = BreakGlassCode(
        code_hash=os.urandom(32).hex(), made_at=side.now, made_by="test", used_at=side.now,
        used_by="somebody", review_due_at=side.now,
    )  # fmt: skip
    side.db.add(made)
    side.db.flush()
    return made.id


MAKERS = {
    "managed": managed, "managed_too": managed, "asked_command": asked, "own_command": own,
    "held_command": held, "restored_command": restored, "unclear_command": unclear,
    "placed_command": placed, "command_batch": batch, "policy_change": change,
    "used_code": used_code,
}  # fmt: skip

API = "/api/v1"
ASSET = f"{API}/assets/<int(max=2147483647):asset_id>/commands"
COMMAND = f"{API}/commands/<int(max=2147483647):command_id>"
BATCHES = f"{API}/command-batches"
BATCH = f"{BATCHES}/<int(max=2147483647):batch_id>"
CHANGES = f"{API}/command-policy/changes"
CHANGE = f"{CHANGES}/<int(max=2147483647):change_id>"
ON = {"asset_id": "$managed"}
WHY = {"reason": "a test"}
MANY = {"action": "restart", "asset_ids": ["$managed", "$managed_too"], **WHY}


def about(name: str, json: object = None, place: Place = Place.OBJECT) -> Example:
    return Example(path={"command_id": f"${name}"}, json=json, place=place)


ROUTES = {
    f"GET {ASSET}/plan": Example(path=ON, query={"action": "wipe"}, place=Place.OBJECT),
    f"GET {ASSET}": Example(path=ON, place=Place.OBJECT),
    f"POST {ASSET}": Example(path=ON, json={"action": "restart", **WHY}, place=Place.OBJECT),
    f"GET {API}/commands": Example(),
    f"GET {COMMAND}": about("asked_command"),
    f"GET {COMMAND}/timeline": about("asked_command"),
    f"POST {COMMAND}/approve": about("asked_command", {"seen": 1}),
    f"POST {COMMAND}/reject": about("asked_command", WHY),
    f"POST {COMMAND}/cancel": about("own_command", WHY),
    f"POST {COMMAND}/release": about("held_command", WHY),
    f"POST {COMMAND}/settle": about("unclear_command", {"verdict": "done", **WHY}),
    f"POST {COMMAND}/reconcile": about("restored_command", {"sent": True, **WHY}),
    f"GET {COMMAND}/pin": about("asked_command"),
    f"POST {COMMAND}/place": about("placed_command", WHY),
    f"GET {BATCHES}": Example(place=Place.DISTRICT),
    f"POST {BATCHES}/plan": Example(json=MANY, place=Place.OBJECT),
    f"POST {BATCHES}": Example(json={**MANY, "count": 2}, place=Place.OBJECT),
    f"GET {BATCH}": Example(path={"batch_id": "$command_batch"}, place=Place.OBJECT),
    f"POST {BATCH}/approve": Example(
        path={"batch_id": "$command_batch"}, json={"digest": "0" * 64}, place=Place.OBJECT
    ),
    f"POST {BATCH}/stop": Example(
        path={"batch_id": "$command_batch"}, json=WHY, place=Place.OBJECT
    ),
    f"GET {API}/breaker": Example(),
    f"GET {API}/breaker/history": Example(),
    f"POST {API}/breaker/ask-close": Example(json=WHY, place=Place.DISTRICT),
    f"POST {API}/breaker/close": Example(place=Place.DISTRICT),
    f"POST {API}/breaker/keep-open": Example(place=Place.DISTRICT),
    f"POST {API}/breaker/restored": Example(json=WHY, place=Place.DISTRICT),
    f"GET {API}/command-policy": Example(),
    f"GET {CHANGES}": Example(),
    f"POST {CHANGES}": Example(
        json={"name": "stale_days", "value": 10, **WHY}, place=Place.DISTRICT
    ),
    f"POST {CHANGE}/confirm": Example(path={"change_id": "$policy_change"}, place=Place.DISTRICT),
    f"POST {CHANGE}/refuse": Example(path={"change_id": "$policy_change"}, place=Place.DISTRICT),
    f"POST {API}/break-glass": Example(
        json={"asset_id": "$managed", "code": "ABCD", "action": "wipe", **WHY},
        place=Place.OBJECT,
    ),
    f"POST {API}/break-glass/end": Example(json=WHY, place=Place.DISTRICT),
    f"GET {API}/break-glass/reviews": Example(place=Place.DISTRICT),
    f"POST {API}/break-glass/reviews/<int(max=2147483647):code_id>": Example(
        path={"code_id": "$used_code"}, json={"text": "a drill"}, place=Place.DISTRICT
    ),
}
