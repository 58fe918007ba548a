"""Before a batch is asked for: device by device what would happen, who is left out, and why.

Nothing is locked and nothing is kept. Who is left out is not asked: the digest is of the others,
and is what the person confirms; `batches.request_batch` comes to the same digest or refuses.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.models import Asset
from inventory.assets.reach import within
from inventory.commands import batches, effects, planning
from inventory.commands.batches import BatchPlan
from inventory.commands.devices import Target, targets_by_asset
from inventory.commands.effects import CLASS_OF
from inventory.commands.gathering import Gathered
from inventory.commands.models import CommandBatch, DeviceCommand
from inventory.commands.planning import Plan
from inventory.commands.policy import Policy
from inventory.commands.policy_values import policy_in_force
from inventory.commands.requesting import in_the_way
from inventory.commands.states import TERMINAL
from inventory.errors import InvalidInput
from mdm.capabilities import Capability, Effect, Need
from mdm.types import Action

LEAST = 2
NOT_HERE = "you may not ask many devices at once here"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One device. `why_not`: the reasons why it is left out; `plan`: None where nobody may ask."""

    asset: Asset
    plan: Plan | None
    why_not: tuple[str, ...] = ()

    @property
    def capability(self) -> Capability | None:
        return self.plan.capability if self.plan else None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a batch would do.

    plan      of those that are asked
    budget    destructive commands that could still be sent now, by this person
    too_many  why so many can never be asked for together, "" where they can
    """

    plan: BatchPlan
    asked: tuple[Line, ...]
    left_out: tuple[Line, ...]
    budget: int
    too_many: str

    @property
    def over(self) -> int:
        """How many the budget of this moment does not reach to."""
        return max(0, self.plan.grave - self.budget)

    @property
    def possible(self) -> bool:
        return len(self.asked) >= LEAST and not self.too_many

    @property
    def cautions(self) -> Counter[tuple[str, bool]]:
        """How many devices each warning is about, by its code and whether it must be confirmed."""
        return Counter(
            (caution.code, caution.confirm) for one in self.plan.plans for caution in one.warnings
        )

    @property
    def effects(self) -> Counter[str]:
        """How many devices have which effect: the same button is not the same everywhere."""
        return Counter(one.capability.effect.value for one in self.plan.plans if one.capability)

    @property
    def confirmations(self) -> Counter[str]:
        """How many devices can be confirmed in which way."""
        return Counter(
            one.capability.confirmed_by.value for one in self.plan.plans if one.capability
        )

    @property
    def needs(self) -> frozenset[Need]:
        return frozenset(need for one in self.plan.plans for need in one.needs)

    @property
    def backup(self) -> bool:
        return any(one.rules.backup for one in self.plan.plans)


@dataclass(frozen=True, slots=True)
class Offer:
    """An action, and how many of the devices have it. The effect is the gravest one."""

    action: Action
    devices: int
    effect: Effect


def preview(
    db: Session,
    actor: Actor,
    action: Action,
    asset_ids: Sequence[int],
    *,
    reason: str = "",
    now: datetime,
) -> Preview:
    """What would happen to each of these assets that the actor may read. Raises `Forbidden`."""
    actor.require_anywhere(Permission.COMMAND_BULK)
    policy = policy_in_force(db)
    assets = visible(db, actor, asset_ids)
    around = Gathered(db, actor, [asset.id for asset in assets], now=now)
    lines = [_line(db, actor, asset, action, len(assets), around, now) for asset in assets]
    lines = _unobstructed(db, lines)
    asked = tuple(line for line in lines if not line.why_not)
    plans = tuple(line.plan for line in asked if line.plan is not None)
    plan = batches.summed(action, plans, {}, reason, policy)
    return Preview(
        plan, asked, tuple(line for line in lines if line.why_not),
        max((one.budget for one in plans), default=0), _too_many(plan, policy),
    )  # fmt: skip


def visible(db: Session, actor: Actor, asset_ids: Sequence[int]) -> list[Asset]:
    """Those of these assets that the actor may read, by their tags."""
    found: list[Asset] = []
    for start in range(0, len(asset_ids), _CHUNK):
        wanted = col(Asset.id).in_(asset_ids[start : start + _CHUNK])
        found += db.exec(select(Asset).where(wanted, *within(actor))).all()
    return sorted(found, key=lambda asset: asset.tag_key)


def offers(db: Session, actor: Actor, assets: Sequence[Asset]) -> list[Offer]:
    """What the vendors of these devices can do to at least one of them, the mildest first."""
    actor.require_anywhere(Permission.COMMAND_BULK)
    mine = [asset.id for asset in assets if actor.may(Permission.COMMAND_BULK, asset.site_id)]
    known = targets_by_asset(db, mine)
    order = list(effects.WORDS)
    found: dict[Action, list[int]] = {}
    for targets in known.values():
        target = planning.only_one(targets)
        for action in Action if target is not None else ():
            place = _place(target, action, order)
            if place is not None:
                found.setdefault(action, []).append(place)
    made = [Offer(action, len(each), order[max(each)]) for action, each in found.items()]
    return sorted(made, key=lambda offer: order.index(offer.effect))


def made_already(db: Session, actor: Actor, uid: str) -> CommandBatch | None:
    """The batch that this form has made before, by the same person."""
    query = select(CommandBatch).where(CommandBatch.uid == uid)
    batch = db.exec(query).first() if uid else None
    return batch if batch is not None and batch.requested_by_id == actor.id else None


def _place(target: Target | None, action: Action, order: Sequence[Effect]) -> int | None:
    capability = planning.capability_of(target, action) if target is not None else None
    if target is None or capability is None:
        return None
    barred = effects.forbidden_on(capability.effect, target.ref.ownership)
    return None if barred else order.index(capability.effect)


def _line(
    db: Session, actor: Actor, asset: Asset, action: Action, many: int, around: Gathered,
    now: datetime,
) -> Line:  # fmt: skip
    if not actor.may(Permission.COMMAND_BULK, asset.site_id):
        return Line(asset, None, (NOT_HERE,))
    plan = planning.prepare(
        db, actor, asset, action, batch=max(many, LEAST), around=around, now=now
    )
    return Line(asset, plan, plan.why_not)


def _unobstructed(db: Session, lines: Sequence[Line]) -> list[Line]:
    """The same, where a device with an open command in the way is left out."""
    keys = [line.plan.target.key for line in lines if line.plan and line.plan.target]
    others = _open_by_device(db, keys)
    return [_obstructed(line, others) for line in lines]


def _obstructed(line: Line, others: Mapping[str, Sequence[DeviceCommand]]) -> Line:
    if line.why_not or line.plan is None or line.plan.target is None or not line.capability:
        return line
    wanted = CLASS_OF[line.capability.effect]
    other = in_the_way(others.get(line.plan.target.key, ()), wanted)
    if other is None:
        return line
    why = f"command {other.id} ({other.action.value}, {other.state.value}) is open on it"
    return Line(line.asset, line.plan, (why,))


def _open_by_device(db: Session, keys: Sequence[str]) -> dict[str, list[DeviceCommand]]:
    found: dict[str, list[DeviceCommand]] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(DeviceCommand).where(
            col(DeviceCommand.device_key).in_(keys[start : start + _CHUNK]),
            col(DeviceCommand.state).not_in(TERMINAL),
        )
        for command in db.exec(query.order_by(col(DeviceCommand.id))):
            found.setdefault(command.device_key, []).append(command)
    return found


def _too_many(plan: BatchPlan, policy: Policy) -> str:
    if len(plan.plans) > policy.batch_most:
        return f"a batch has at most {policy.batch_most} devices"
    try:
        batches.require_budget(plan, policy)
    except InvalidInput as refused:
        return str(refused)
    return ""
