"""What plans look at beside the device itself, read once for however many devices there are."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from sqlmodel import Session, col, select

from inventory.access import Actor
from inventory.assets.hold_models import Hold
from inventory.commands import breaker, budgets
from inventory.commands.devices import Target, serials_shared, targets_by_asset
from inventory.commands.policy import Policy
from inventory.commands.policy_values import policy_in_force

_CHUNK = 500


class Gathered:
    """Each is read when it is first asked for, and stays as it was then: for one unit of work."""

    def __init__(
        self, db: Session, actor: Actor, asset_ids: Sequence[int], *, now: datetime
    ) -> None:
        self._db, self._actor, self._now = db, actor, now
        self._asset_ids = list(asset_ids)

    @cached_property
    def policy(self) -> Policy:
        return policy_in_force(self._db)

    @cached_property
    def stopped(self) -> bool:
        """Whether the breaker is open."""
        return breaker.is_open(self._db)

    @cached_property
    def free_locks(self) -> tuple[int, int]:
        """As `budgets.free_locks`."""
        return budgets.free_locks(self._db, self._actor, now=self._now)

    @cached_property
    def budget(self) -> int:
        """As `budgets.left_for`."""
        return budgets.left_for(self._db, self._actor, self.policy, now=self._now)

    @cached_property
    def targets(self) -> dict[int, list[Target]]:
        """The devices of each asset that has some."""
        return targets_by_asset(self._db, self._asset_ids)

    @cached_property
    def held(self) -> frozenset[int]:
        """Assets that a hold is in force on."""
        found: set[int] = set()
        for start in range(0, len(self._asset_ids), _CHUNK):
            some = self._asset_ids[start : start + _CHUNK]
            query = select(Hold.asset_id).where(
                col(Hold.asset_id).in_(some), col(Hold.released_at).is_(None)
            )
            found |= set(self._db.exec(query))
        return frozenset(found)

    @cached_property
    def shared(self) -> frozenset[int]:
        """Ids of devices whose serial number another asset's device has too."""
        return serials_shared(self._db, [t for each in self.targets.values() for t in each])
