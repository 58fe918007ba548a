"""The shapes of a sync under way: its ground, the devices on their way through it, its sums."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inventory.access import Actor
from inventory.assets.kinds import Outcome
from inventory.assets.matching import Match
from inventory.assets.observation import Observation
from inventory.fleet.describing import Origin
from mdm.types import Device


@dataclass(frozen=True, slots=True)
class Known:
    """What must be known of a row to tell whether its device has changed."""

    id: int
    vendor_id: str
    fingerprint: str
    asset_id: int | None
    outcome: Outcome
    decided_by: str
    last_check_in: datetime | None
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of a sync while it runs, free of the database.

    full  doubtful devices are looked at again although nothing about them has changed
    """

    sync_id: int
    connection_id: int
    origin: Origin
    actor: Actor
    create_assets: bool = True
    prefix: str | None = None
    full: bool = True


@dataclass(slots=True)
class Tally:
    """What a batch came to; `remarks` are what a person should hear of."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    created: int = 0
    waiting: int = 0
    returned: int = 0
    remarks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Arrival:
    """A device that is new, changed or in doubt, on its way through a batch."""

    device: Device
    facts: dict[str, Any]
    fingerprint: str
    known: Known | None
    seen: Observation
    match: Match = field(default_factory=lambda: Match(Outcome.NEW))
    outcome: Outcome = Outcome.NEW
    asset_id: int | None = None
    reasons: tuple[str, ...] = ()
    candidates: tuple[int, ...] = ()
    created: bool = False

    @property
    def same_doubt(self) -> bool:
        """Whether it is as doubtful as it was, and nothing about it has changed."""
        known = self.known
        return (
            known is not None
            and known.fingerprint == self.fingerprint
            and known.outcome is self.outcome
            and known.asset_id == self.asset_id
            and known.gone_at is None
        )
