"""What would happen, told before anybody asks for it: possible or not, with which effect and rules.

Asking goes through the same function, so that a plan and a request cannot disagree.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import reach
from inventory.assets.kinds import Status
from inventory.assets.models import Asset
from inventory.commands import effects
from inventory.commands.binding import purpose_of
from inventory.commands.devices import Target
from inventory.commands.gathering import Gathered
from inventory.commands.policy import Asked, Policy, Rules, rules_for
from inventory.errors import InvalidInput
from mdm import errors as mdm_errors, registry
from mdm.capabilities import Capability, Need, capability_for
from mdm.types import Action, Ownership

STALE, SERIAL, TWO_VENDORS, USER = "stale", "serial_shared", "two_vendors", "user_changed"
OWNER, DRY = "owner_unknown", "dry_run"

STOPPED = "destructive commands are stopped in the whole district"

GUARDED = frozenset({STALE, SERIAL, TWO_VENDORS, USER})
"""Warnings that hold something destructive until a person has confirmed them by name."""


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that the person who decides must know. `confirm`: they must say that they do."""

    code: str
    text: str
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What an action would do to an asset, and what it takes.

    why_not       reasons why it cannot be asked for now; empty: it can
    alternatives  actions that are possible where this one is not
    purpose       what a person confirms their identity for, where `rules.step_up`
    budget        destructive commands that this requester could still have sent this hour
    """

    asset: Asset
    action: Action
    target: Target | None
    capability: Capability | None
    rules: Rules
    why_not: tuple[str, ...]
    warnings: tuple[Caution, ...]
    alternatives: tuple[Action, ...] = ()
    held: bool = False
    purpose: str = ""
    budget: int = 0

    @property
    def possible(self) -> bool:
        return not self.why_not

    @property
    def effect_words(self) -> str:
        return effects.WORDS[self.capability.effect] if self.capability else ""

    @property
    def confirmation_words(self) -> str:
        return effects.CONFIRMED[self.capability.confirmed_by] if self.capability else ""

    @property
    def needs(self) -> tuple[Need, ...]:
        return tuple(sorted(self.capability.needs)) if self.capability else ()


def plan(
    db: Session,
    actor: Actor,
    asset_id: int,
    action: Action,
    *,
    device_id: int | None = None,
    skip_cool_off: bool = False,
    now: datetime,
) -> Plan:
    """The plan for one device. Raises `NotFound`, `Forbidden`, `InvalidInput` (no such device)."""
    asset = reach.get(db, actor, asset_id)
    actor.require(Permission.MDM_READ, asset.site_id)
    return prepare(
        db, actor, asset, action, device_id=device_id, skip_cool_off=skip_cool_off, now=now
    )


def prepare(
    db: Session,
    actor: Actor,
    asset: Asset,
    action: Action,
    *,
    device_id: int | None = None,
    skip_cool_off: bool = False,
    batch: int = 1,
    around: Gathered | None = None,
    now: datetime,
) -> Plan:
    """The plan for an asset that the caller may see; `batch`: devices asked for together.

    `around`: what was read for all of them; the asset is among those.
    """
    around = around or Gathered(db, actor, [asset.id], now=now)
    known = around.targets.get(asset.id, [])
    target = _chosen(known, device_id)
    empty = Plan(asset, action, target, None, Rules(0, timedelta()), (), ())
    if target is None:
        return replace(empty, why_not=(_no_target(known),))
    capability = capability_of(target, action)
    alternatives = _alternatives(target, action)
    if capability is None:
        why = f"{target.label} cannot do this on such a device"
        return replace(empty, why_not=(why,), alternatives=alternatives)
    effect = capability.effect
    held = asset.id in around.held
    why_not = _why_not(actor, asset, target, capability, around)
    asked = Asked(
        effect, target.ref.ownership, proxy=actor.kind != "account", batch=batch,
        locks=around.free_locks,
        stolen=skip_cool_off and asset.status is Status.STOLEN,
    )  # fmt: skip
    return Plan(
        asset, action, target, capability, rules_for(around.policy, asked), tuple(why_not),
        warnings_of(target, known, capability, around.policy,
                    shared=target.device_id in around.shared, now=now),
        alternatives if why_not else (), held,
        purpose_of(asset.id, target.key, target.ref, action, effect),
        around.budget if effect.destructive else 0,
    )  # fmt: skip


def capability_of(target: Target, action: Action) -> Capability | None:
    """What the vendor can do to this very device, None where it cannot."""
    try:
        known = _capabilities(target.vendor)
    except mdm_errors.Invalid:
        return None
    return capability_for(known, action, target.ref.platform, target.ref.ownership)


@functools.cache
def _capabilities(vendor: str) -> tuple[Capability, ...]:
    """The registry looks into its folder at each call, and a batch asks thousands of times."""
    return tuple(registry.vendor(vendor).capabilities)


def warnings_of(
    target: Target,
    known: Sequence[Target],
    capability: Capability,
    policy: Policy,
    *,
    shared: bool,
    now: datetime,
) -> tuple[Caution, ...]:
    """What a person should know of the device before something is done to it.

    `shared`: whether another asset's device has its serial number.
    """
    grave = capability.effect.destructive
    found = []
    heard = target.last_check_in
    if heard is None or heard < now - timedelta(days=policy.stale_days):
        when = f"last heard of on {heard:%Y-%m-%d}" if heard else "never heard of"
        found.append(Caution(STALE, f"The device was {when}.", grave))
    if shared:
        text = f"Another device has the serial number {target.ref.serial} too."
        found.append(Caution(SERIAL, text, grave))
    if len(known) > 1:
        others = ", ".join(sorted({each.label for each in known if each.key != target.key}))
        text = f"The asset stands for another device as well ({others or target.label})."
        found.append(Caution(TWO_VENDORS, text, grave))
    if grave and target.ref.ownership is Ownership.UNKNOWN:
        found.append(Caution(OWNER, "The vendor does not tell who owns the device."))
    if not target.live:
        text = f"{target.label} is tried out only: the command is written down and never sent."
        found.append(Caution(DRY, text))
    return tuple(found)


def _why_not(
    actor: Actor, asset: Asset, target: Target, capability: Capability, around: Gathered
) -> list[str]:
    effect = capability.effect
    why_not = [] if target.enabled else [f"the connection {target.label} is switched off"]
    wanted = needed_permission(capability)
    if not actor.may(wanted, asset.site_id):
        why_not.append(f"you lack {wanted.value} here")
    barred = effects.forbidden_on(effect, target.ref.ownership)
    if barred:
        why_not.append(barred)
    if effect.destructive and asset.id in around.held:
        why_not.append("a hold is in force on this device: it must not be erased or retired")
    if Need.SUPERVISED in capability.needs and target.ref.supervised is not True:
        why_not.append("the device is not supervised, and the vendor needs that")
    if effect.destructive and not why_not and around.stopped:
        why_not.append(STOPPED)
    return why_not


def needed_permission(capability: Capability) -> Permission:
    """What asking for it takes, by its true effect."""
    if capability.effect.destructive:
        return Permission.COMMAND_REQUEST_DESTRUCTIVE
    return Permission.COMMAND_REQUEST


def _chosen(known: Sequence[Target], device_id: int | None) -> Target | None:
    if device_id is None:
        return only_one(known)
    for target in known:
        if target.device_id == device_id:
            return target
    raise InvalidInput(
        "the asset has no such device", {"device_id": ["is no device of this asset"]}
    )


def only_one(known: Sequence[Target]) -> Target | None:
    """The device that is meant where nobody says which: the only one, or the only one in use."""
    if len(known) == 1:
        return known[0]
    usable = [target for target in known if target.enabled and target.live]
    return usable[0] if len(usable) == 1 else None


def _no_target(known: Sequence[Target]) -> str:
    if not known:
        return "no vendor manages this device"
    names = ", ".join(f"{t.label} ({t.device_id})" for t in known)
    return f"several vendors manage this device; say which: {names}"


def _alternatives(target: Target, action: Action) -> tuple[Action, ...]:
    """Other actions that may be asked for on such a device."""
    found = []
    for other in Action:
        capability = capability_of(target, other) if other is not action else None
        if capability and effects.forbidden_on(capability.effect, target.ref.ownership) is None:
            found.append(other)
    return tuple(found)
