"""The kept findings that a batch touches, loaded at once, and which device each is about."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.assets.kinds import Outcome
from inventory.discovery.finding_models import Decision, DiscoveryFinding
from inventory.discovery.finding_rules import Marks, rivals, same_device
from inventory.discovery.observing import Case, Ground, columns, ordered_macs

TOLD = frozenset(
    {"address", "kind", "vendor", "model", "serial", "name", "fingerprint", "site_id", "evidence"}
)
"""What a reviewer has looked at: a change of these makes another revision."""

ACCEPTED = frozenset({Decision.CREATED, Decision.ATTACHED, Decision.REPLACED, Decision.AUTOMATIC})


class Rows:
    """Kept findings of one network, as far as a batch may need them."""

    def __init__(self, db: Session, ground: Ground, cases: Sequence[Case]) -> None:
        self.db = db
        self.ground = ground
        self.rows = _load(db, ground, cases)

    def open_row(self, case: Case) -> DiscoveryFinding | None:
        """The row of the same device that waits for a person."""
        return self._same(case, (r for r in self.rows if is_open(r)))

    def same_now(self, case: Case) -> DiscoveryFinding | None:
        """The row of the same device, if this sweep has already seen it."""
        return self._same(case, (r for r in self.rows if self.seen_now(r)))

    def ignored(self, case: Case) -> DiscoveryFinding | None:
        """A person said to ignore exactly this."""
        return self._exact(case, (r for r in self.rows if r.decision is Decision.IGNORED))

    def settled(self, case: Case) -> DiscoveryFinding | None:
        """A person said which asset exactly this is."""
        decided = (r for r in self.rows if r.decision in ACCEPTED and r.asset_id is not None)
        return self._exact(case, decided)

    def matched(self, asset_id: int) -> DiscoveryFinding | None:
        """The row of a known asset: there is one per asset and network."""
        known = [
            row
            for row in self.rows
            if row.asset_id == asset_id
            and (
                row.outcome is Outcome.MATCHED
                or (row.outcome is Outcome.NEW and row.decision in ACCEPTED)
            )
        ]
        return min(known, key=lambda row: row.id, default=None)

    def rival(self, case: Case, asset_id: int | None = None) -> DiscoveryFinding | None:
        """Another device of this sweep that claims the same identifier, or the same asset."""
        for row in self.rows:
            if row.sweep_id != self.ground.sweep_id or row.seen_key == case.seen.key:
                continue
            other = marks_of_row(row)
            claims = rivals(case.marks, other)
            if asset_id is not None and row.outcome is Outcome.MATCHED and row.asset_id == asset_id:
                claims = claims or bool(
                    case.marks.macs and other.macs and case.marks.macs.isdisjoint(other.macs)
                )
            if claims and row.decision is not Decision.SUPERSEDED:
                return row
        return None

    def seen_now(self, row: DiscoveryFinding) -> bool:
        """Whether this sweep has already counted the row's device."""
        return row.sweep_id == self.ground.sweep_id

    def insert(self, case: Case, *, now: datetime) -> DiscoveryFinding:
        """A row for a device that has none."""
        self.displace(case.seen.key)
        row = DiscoveryFinding(
            sweep_id=self.ground.sweep_id,
            network_id=self.ground.network_id,
            seen_key=case.seen.key,
            outcome=case.outcome,
            first_at=now,
            last_at=now,
            **columns(self.ground, case),
        )
        self.db.add(row)
        self.rows.append(row)
        return row

    def renew(self, row: DiscoveryFinding, case: Case, *, now: datetime) -> None:
        """The row as its device was seen last. A second address of one sweep is only added."""
        if self.seen_now(row) and row.seen_key != case.seen.key:
            also = case.seen.finding.address
            if also and also not in row.also_at and len(row.also_at) < 64:
                row.also_at = [*row.also_at, also]
                self.db.add(row)
            return
        if not self.seen_now(row):
            row.times, row.also_at = row.times + 1, []
        self.displace(case.seen.key, keep=row)
        changed = {
            name: value
            for name, value in columns(self.ground, case).items()
            if getattr(row, name) != value
        }
        for name, value in changed.items():
            setattr(row, name, value)
        if changed.keys() & TOLD:
            row.revision += 1
        row.sweep_id, row.seen_key, row.last_at = self.ground.sweep_id, case.seen.key, now
        self.db.add(row)

    def displace(self, seen_key: str, *, keep: DiscoveryFinding | None = None) -> None:
        """Another row of this sweep that was seen as the same gives way: the device there is
        another one than at the attempt before."""
        for row in self.rows:
            if row is not keep and row.seen_key == seen_key and self.seen_now(row) and row.id:
                row.seen_key = f"{seen_key[:100]} #{row.id}"
                self.db.add(row)
                self.db.flush()

    def _exact(self, case: Case, rows: Iterable[DiscoveryFinding]) -> DiscoveryFinding | None:
        wanted = case.marks.fingerprint()
        return max((r for r in rows if r.fingerprint == wanted), key=_age, default=None)

    def _same(self, case: Case, rows: Iterable[DiscoveryFinding]) -> DiscoveryFinding | None:
        same = [row for row in rows if same_device(case.marks, marks_of_row(row))]
        exact = self._exact(case, same)
        return exact or max(same, key=_age, default=None)


def is_open(row: DiscoveryFinding) -> bool:
    """Whether the row waits for a person."""
    return row.decision is None and row.outcome in {Outcome.NEW, Outcome.CONFLICT}


def marks_of_row(row: DiscoveryFinding) -> Marks:
    """What the kept device is recognised by, as `marks_of` said when it was kept."""
    kept: dict[str, Any] = row.marks
    return Marks(
        frozenset(kept.get("serials", ())),
        frozenset(row.macs),
        frozenset(kept.get("others", ())),
        str(kept.get("weak", "")),
    )


def _age(row: DiscoveryFinding) -> tuple[datetime, int]:
    return row.last_at, row.id or 0


def _load(db: Session, ground: Ground, cases: Sequence[Case]) -> list[DiscoveryFinding]:
    f = DiscoveryFinding
    assets = {asset_id for case in cases for asset_id in case.match.asset_ids}
    macs = {mac for case in cases for mac in ordered_macs(case.match)}
    about: list[tuple[object, set[Any]]] = [
        (f.fingerprint, {case.marks.fingerprint() for case in cases}),
        (f.serial, {case.observation.serial for case in cases} - {""}),
        (f.mac, macs),
        (f.asset_id, assets),
        (f.seen_key, {case.seen.key for case in cases}),
    ]
    wanted = [col(column).in_(values) for column, values in about if values]
    query = select(f).where(f.network_id == ground.network_id, sa.or_(*wanted))
    return list(db.exec(query.order_by(col(f.id))).all())
