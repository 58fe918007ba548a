"""Commands for many devices at once: a frozen list, approved as a whole, each device a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets import reach
from inventory.assets.models import Asset
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.commands import planning, requesting
from inventory.commands.binding import digest_of
from inventory.commands.gathering import Gathered
from inventory.commands.models import CommandBatch, DeviceCommand
from inventory.commands.policy import Policy
from inventory.commands.policy_values import policy_in_force
from inventory.commands.requesting import CommandDraft
from inventory.commands.step_up import StepUp, require_step_up
from inventory.db import new_uid
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.notices.telling import Notice, tell
from mdm.capabilities import Effect
from mdm.types import Action

MAX_REASON = 1000
SAMPLE = 20


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a batch would do.

    digest  of the frozen list: what is asked for, confirmed and approved
    why_not problems by asset id; one is enough, the batch is all or nothing
    """

    action: Action
    plans: tuple[planning.Plan, ...]
    why_not: dict[int, str]
    gravest: Effect | None
    digest: str
    approvals: int
    cool_off: timedelta

    @property
    def possible(self) -> bool:
        return bool(self.plans) and not self.why_not

    @property
    def grave(self) -> int:
        """How many of its devices it erases or retires."""
        return sum(p.capability is not None and p.capability.effect.destructive for p in self.plans)

    @property
    def step_up(self) -> bool:
        """Whether a person must confirm who they are for it."""
        return any(plan.rules.step_up for plan in self.plans)


def plan_batch(
    db: Session,
    actor: Actor,
    action: Action,
    asset_ids: Sequence[int],
    *,
    reason: str = "",
    now: datetime,
) -> BatchPlan:
    """The plan for many assets. Raises `Forbidden`, `InvalidInput` (none, too many, twice)."""
    actor.require_anywhere(Permission.COMMAND_BULK)
    policy = policy_in_force(db)
    wanted = _checked(asset_ids, policy)
    plans, why_not = [], {}
    around = Gathered(db, actor, wanted, now=now)
    with reach.holding(db, wanted) as found:
        for asset_id in wanted:
            asset = found.get(asset_id)
            if asset is None or not actor.may(Permission.COMMAND_BULK, asset.site_id):
                raise NotFound(f"there is no asset {asset_id}")
            plan = planning.prepare(
                db, actor, asset, action, batch=len(wanted), around=around, now=now
            )
            plans.append(plan)
            if not plan.possible:
                why_not[asset_id] = f"{asset.tag}: {'; '.join(plan.why_not)}"
    return summed(action, tuple(plans), why_not, reason, policy)


def request_batch(
    db: Session,
    actor: Actor,
    action: Action,
    asset_ids: Sequence[int],
    *,
    reason: str,
    count: int,
    backup: str = "",
    acknowledged: frozenset[str] = frozenset(),
    message: str = "",
    phone: str = "",
    step_up: StepUp | None = None,
    uid: str = "",
    now: datetime,
) -> CommandBatch:
    """Ask for many at once, all or none. `count`: typed by the person, so that it is no surprise.

    `uid`: 32 hex digits that a form carries, so that it counts once however often it is sent.

    Raises as `requesting.request`; a batch beyond a day's budget could never be sent as a whole,
    and is refused at once.
    """
    plan = plan_batch(db, actor, action, asset_ids, reason=reason, now=now)
    drafts = checked_drafts(
        db, actor, plan, reason=reason, count=count, backup=backup, acknowledged=acknowledged,
        message=message, phone=phone,
    )  # fmt: skip
    if actor.kind == "account" and plan.step_up:
        require_step_up(step_up, plan.digest, policy_in_force(db), now=now)
    batch = _entered(db, actor, plan, drafts[0].reason, uid or new_uid(), now)
    for each, draft in zip(plan.plans, drafts, strict=True):
        target, capability = requesting.required(actor, each.asset, each)
        command = requesting.build(actor, draft, each, target, capability, now=now)
        command.batch_id, command.approvals_needed = batch.id, batch.approvals_needed
        command.cool_off_minutes = batch.cool_off_minutes
        requesting.require_way_free(db, command)
        requesting.enter(db, actor, command, now=now)
    return batch


def checked_drafts(
    db: Session,
    actor: Actor,
    plan: BatchPlan,
    *,
    reason: str,
    count: int | None,
    backup: str = "",
    acknowledged: frozenset[str] = frozenset(),
    message: str = "",
    phone: str = "",
) -> list[CommandDraft]:
    """What is asked of each device, once the person has said all that they must say.

    Raises `InvalidInput` naming the field, and `Conflict` where one device cannot be asked.
    """
    why = entered(reason, "reason", MAX_REASON, lines=True)
    if not why:
        raise wrong("reason", "must say why")
    if plan.why_not:
        raise Conflict("; ".join(list(plan.why_not.values())[:5]))
    if count != len(plan.plans):
        raise wrong("count", f"must be the number of devices, {len(plan.plans)}")
    require_budget(plan, policy_in_force(db))
    drafts = []
    for each in plan.plans:
        drafts.append(
            CommandDraft(
                asset_id=each.asset.id, action=plan.action, reason=why, backup=backup,
                message=message, phone=phone, acknowledged=acknowledged,
                typed_tag=each.asset.tag,
            )
        )  # fmt: skip
        _target, capability = requesting.required(actor, each.asset, each)
        requesting.check_draft(drafts[-1], each.asset, each, capability)
    return drafts


def get_batch(
    db: Session, actor: Actor, batch_id: int
) -> tuple[CommandBatch, list[tuple[DeviceCommand, Asset]]]:
    """A batch whose devices the actor may all see, with them. Raises `NotFound`."""
    batch = db.get(CommandBatch, batch_id)
    query = (
        select(DeviceCommand, Asset)
        .where(DeviceCommand.batch_id == batch_id, col(Asset.id) == col(DeviceCommand.asset_id))
        .order_by(col(DeviceCommand.id))
    )
    rows = [(command, asset) for command, asset in db.exec(query)]
    hidden = any(not actor.may(Permission.MDM_READ, asset.site_id) for _, asset in rows)
    if batch is None or hidden:
        raise NotFound(f"there is no batch {batch_id}")
    return batch, rows


def batches(
    db: Session, actor: Actor, *, before: int | None = None, limit: int = 50
) -> Sequence[CommandBatch]:
    """Batches, newest first, for whoever may see devices of the whole district."""
    actor.require_everywhere(Permission.MDM_READ)
    query = select(CommandBatch).order_by(col(CommandBatch.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(CommandBatch.id) < before)
    return db.exec(query).all()


def _checked(asset_ids: Sequence[int], policy: Policy) -> list[int]:
    wanted = sorted(set(asset_ids))
    if len(wanted) < 2 or len(wanted) != len(asset_ids):
        raise wrong("asset_ids", "must name at least two assets, each once")
    if len(wanted) > policy.batch_most:
        raise wrong("asset_ids", f"must name at most {policy.batch_most} assets")
    return wanted


def summed(
    action: Action,
    plans: tuple[planning.Plan, ...],
    why_not: dict[int, str],
    reason: str,
    policy: Policy,
) -> BatchPlan:
    """What the plans of its devices come to."""
    found = [p.capability.effect for p in plans if p.capability is not None]
    gravest = max(found, key=list(Effect).index, default=None)
    return BatchPlan(
        action, plans, why_not, gravest,
        digest_of(action, reason.strip(), [p.purpose for p in plans]),
        max([p.rules.approvals for p in plans], default=policy.bulk_approvals),
        max([p.rules.cool_off for p in plans], default=timedelta()),
    )  # fmt: skip


def require_budget(plan: BatchPlan, policy: Policy) -> None:
    """Raises `InvalidInput` for more than could ever be sent in a day."""
    if plan.grave > policy.budget_district_day:
        message = f"a day's budget is {policy.budget_district_day} destructive commands"
        raise InvalidInput(message, {"asset_ids": [message]})


def _entered(
    db: Session, actor: Actor, plan: BatchPlan, reason: str, uid: str, now: datetime
) -> CommandBatch:
    assert plan.gravest is not None
    hours = policy_in_force(db).requested_hours
    batch = CommandBatch(
        uid=uid, action=plan.action, gravest=plan.gravest, reason=reason, count=len(plan.plans),
        digest=plan.digest, approvals_needed=plan.approvals,
        cool_off_minutes=int(plan.cool_off.total_seconds() // 60),
        requested_by=actor.name[:200], requested_by_id=actor.id, requested_kind=actor.kind,
        requested_session_id=actor.session_id, requested_at=now,
        state="requested" if plan.approvals else "approved",
        expires_at=now + timedelta(hours=hours),
    )  # fmt: skip
    db.add(batch)
    db.flush()
    record(db, actor, "requested", batch, now, reason)
    if plan.gravest.destructive:
        text = f"{actor.name} asks to {plan.action.value} {len(plan.plans)} devices: {reason}"
        tell(db, Notice("batch.requested", "Many devices at once", text,
                        Permission.COMMAND_APPROVE, subject_type="command_batch",
                        subject_id=batch.id), now=now)  # fmt: skip
    return batch


def record(
    db: Session, actor: Actor, what: str, batch: CommandBatch, now: datetime, reason: str = ""
) -> None:
    audit.record(
        db, actor, f"command_batch.{what}", now=now, subject_type="command_batch",
        subject_id=batch.id, reason=reason,
        after={"action": batch.action, "count": batch.count, "digest": batch.digest},
    )  # fmt: skip
