"""Asking for a command on one device."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import holds, reach
from inventory.assets.models import Asset
from inventory.assets.tag_rules import tag_key
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands import announcing, breaker, budgets, planning
from inventory.commands.binding import binding_of
from inventory.commands.devices import Target
from inventory.commands.effects import CLASS_OF, SHUT_OUT_BY_DESTROY, EffectClass
from inventory.commands.models import DeviceCommand
from inventory.commands.onward import go_on
from inventory.commands.planning import GUARDED, Plan
from inventory.commands.policy_values import policy_in_force
from inventory.commands.states import TERMINAL, CommandState
from inventory.commands.step_up import StepUp, require_step_up
from inventory.errors import Conflict, Duplicate, InvalidInput, TooManyRequests
from mdm.capabilities import Capability, Need
from mdm.types import Action

MAX_REASON, MAX_MESSAGE, MAX_PHONE = 1000, 500, 40
BACKUP = ("made", "waived")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDraft:
    """What somebody asks for.

    device_id      which device, where the asset stands for several
    typed_tag      the asset's tag, typed again, before a full wipe
    backup         "made" or "waived": that somebody thought of the user's data
    acknowledged   codes of the plan's warnings that must be confirmed
    message, phone shown on a locked or lost device
    skip_cool_off  no waiting: only for an asset that is recorded as stolen
    """

    asset_id: int
    action: Action
    reason: str
    device_id: int | None = None
    typed_tag: str = ""
    backup: str = ""
    acknowledged: frozenset[str] = frozenset()
    message: str = ""
    phone: str = ""
    keep_data_plan: bool = False
    skip_cool_off: bool = False


def request(
    db: Session,
    actor: Actor,
    draft: CommandDraft,
    *,
    step_up: StepUp | None = None,
    now: datetime,
) -> DeviceCommand:
    """Ask for a command. What needs no approval is ready to be sent once this is committed.

    `step_up`: bound to the plan's `purpose`; a token or the command line has none and needs none,
    as it can never approve.

    Raises `NotFound`, `Forbidden`, `InvalidInput` (naming the field), `TooManyRequests`, and
    `Conflict` for whatever the plan says is not possible.
    """
    asset = reach.for_change(db, actor, draft.asset_id, Permission.COMMAND_REQUEST)
    _require_pace(db, actor, now)
    if draft.action in {Action.LOCK, Action.DISABLE, Action.LOST_MODE_ON}:
        breaker.breaker(db, lock=True)  # free locks are counted one request at a time
    found = planning.prepare(
        db, actor, asset, draft.action, device_id=draft.device_id,
        skip_cool_off=draft.skip_cool_off, now=now,
    )  # fmt: skip
    target, capability = required(actor, asset, found)
    check_draft(draft, asset, found, capability)
    if found.rules.step_up and actor.kind == "account":
        require_step_up(step_up, found.purpose, policy_in_force(db), now=now)
    command = build(actor, draft, found, target, capability, now=now)
    require_way_free(db, command)
    return enter(db, actor, command, now=now)


def required(actor: Actor, asset: Asset, found: Plan) -> tuple[Target, Capability]:
    """The device and what can be done to it. Raises `Forbidden` or `Conflict` with the reasons."""
    if found.capability is not None:
        actor.require(planning.needed_permission(found.capability), asset.site_id)
    if found.target is None or found.capability is None or found.why_not:
        raise Conflict("; ".join(found.why_not) or "this is not possible")
    return found.target, found.capability


def check_draft(draft: CommandDraft, asset: Asset, found: Plan, capability: Capability) -> None:
    """Raises `InvalidInput` for what the person must still say."""
    if not entered(draft.reason, "reason", MAX_REASON, lines=True):
        raise wrong("reason", "must say why")
    if found.rules.retype_tag and tag_key(draft.typed_tag.strip()) != asset.tag_key:
        raise wrong("typed_tag", "must be the tag of the device that is to be erased")
    if found.rules.backup and draft.backup not in BACKUP:
        raise wrong("backup", "must say whether the user's data was saved: made or waived")
    if draft.backup and draft.backup not in BACKUP:
        raise wrong("backup", "must be made or waived")
    if draft.skip_cool_off and found.rules.cool_off:
        raise wrong("skip_cool_off", "is only for an asset that is recorded as stolen")
    require_acknowledged(found, draft.acknowledged)
    message = entered(draft.message, "message", MAX_MESSAGE, lines=True)
    phone = entered(draft.phone, "phone", MAX_PHONE)
    if Need.MESSAGE in capability.needs and not message:
        raise wrong("message", "is needed: it is shown on the device")
    if Need.MESSAGE_OR_PHONE in capability.needs and not (message or phone):
        raise wrong("message", "or phone is needed: it is shown on the device")


def require_acknowledged(found: Plan, acknowledged: frozenset[str]) -> None:
    """Raises `InvalidInput` with the warnings that nobody has confirmed."""
    missing = [w for w in found.warnings if w.confirm and w.code not in acknowledged]
    if missing:
        raise InvalidInput(
            "confirm first: " + " ".join(w.text for w in missing),
            {"acknowledged": [f"{w.code}: {w.text}" for w in missing]},
        )


def build(
    actor: Actor,
    draft: CommandDraft,
    found: Plan,
    target: Target,
    capability: Capability,
    *,
    now: datetime,
) -> DeviceCommand:
    """The row, not yet in the database."""
    ref = target.ref
    command = DeviceCommand(
        asset_id=found.asset.id,
        device_id=target.device_id, connection_id=target.connection_id,
        connection_uid=target.connection_uid, device_key=target.key, vendor=target.vendor,
        vendor_id=ref.vendor_id, platform=ref.platform.value, ownership=ref.ownership.value,
        serial=ref.serial, udid=ref.udid, enrolment=ref.enrolment, supervised=ref.supervised,
        assigned_user=target.assigned_user,
        action=draft.action, effect=capability.effect,
        effect_class=CLASS_OF[capability.effect],
        confirmed_by=capability.confirmed_by.value, cancellable=capability.cancellable,
        message=draft.message.strip(), phone=draft.phone.strip(),
        keep_data_plan=draft.keep_data_plan,
        reason=entered(draft.reason, "reason", MAX_REASON, lines=True), backup=draft.backup,
        warnings=sorted(w.code for w in found.warnings if w.code in GUARDED),
        approvals_needed=found.rules.approvals,
        cool_off_minutes=int(found.rules.cool_off.total_seconds() // 60),
        requested_by=actor.name[:200], requested_by_id=actor.id, requested_kind=actor.kind,
        requested_session_id=actor.session_id, requested_at=now, changed_at=now, binding="",
    )  # fmt: skip
    command.binding = binding_of(command)
    return command


def require_way_free(db: Session, command: DeviceCommand) -> None:
    """Raises `Duplicate` or `Conflict` while another open command of this device is in the way."""
    other = in_the_way(open_on(db, command.device_key), command.effect_class)
    if other is not None:
        told = f"command {other.id} ({other.action.value}, {other.state.value})"
        if other.effect_class is command.effect_class:
            raise Duplicate(f"{told} is open on this device already")
        raise Conflict(f"{told} is open on this device: cancel it first")
    if command.effect.destructive:
        holds.require_free(db, command.asset_id, "erased or retired")


def in_the_way(others: Iterable[DeviceCommand], wanted: EffectClass) -> DeviceCommand | None:
    """The first of a device's open commands that keeps one of this class from being asked for."""
    for other in others:
        destroys = other.effect_class is EffectClass.DESTROY
        if other.effect_class is wanted or (destroys and wanted in SHUT_OUT_BY_DESTROY):
            return other
    return None


def open_on(db: Session, device_key: str) -> Sequence[DeviceCommand]:
    """Every command of a device that has not ended."""
    query = select(DeviceCommand).where(
        DeviceCommand.device_key == device_key, col(DeviceCommand.state).not_in(TERMINAL)
    )
    return db.exec(query.order_by(col(DeviceCommand.id))).all()


def enter(db: Session, actor: Actor, command: DeviceCommand, *, now: datetime) -> DeviceCommand:
    """Write a command that was checked, and let it go on as far as it may."""
    policy = policy_in_force(db)
    command.expires_at = now + timedelta(hours=policy.requested_hours)
    command.state = CommandState.REQUESTED
    db.add(command)
    db.flush()
    audit.record(
        db, actor, "command.requested", now=now, subject_type="command", subject_id=command.id,
        after=told_of(command), reason=command.reason,
    )  # fmt: skip
    go_on(db, command, actor=actor, now=now)
    if command.state is CommandState.REQUESTED:
        announcing.asked(db, command, now=now)
    return command


def told_of(command: DeviceCommand) -> dict[str, object]:
    """What the audit log says of a new command."""
    return {
        "asset_id": command.asset_id, "action": command.action, "effect": command.effect,
        "vendor": command.vendor, "serial": command.serial, "batch_id": command.batch_id,
        "approvals_needed": command.approvals_needed, "backup": command.backup,
        "warnings": command.warnings, "binding": command.binding,
    }  # fmt: skip


def _require_pace(db: Session, actor: Actor, now: datetime) -> None:
    most = policy_in_force(db).requests_actor_hour
    if budgets.asked_lately(db, actor, now=now) >= most:
        raise TooManyRequests(f"at most {most} requests an hour; ask the coordinator", 600)
