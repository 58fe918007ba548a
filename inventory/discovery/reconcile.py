"""From findings to the inventory, a batch at a time: matched, new or in conflict.

Doubt waits until the end of the sweep, when it is known who else was seen: a device that seems
swapped may just have moved on and stand elsewhere, and a second claimant of an identifier is only
a rival if the first one is there as well. A batch may be repeated without harm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from inventory.assets import deciding, service as assets
from inventory.assets.identifiers import SERIAL
from inventory.assets.kinds import Outcome
from inventory.assets.matching import Match, match_many
from inventory.assets.service import AssetDraft
from inventory.assets.sightings import sight_many
from inventory.audit import service as audit
from inventory.discovery import addresses, finding_rules, reading_rules, readings
from inventory.discovery.addresses import Answered
from inventory.discovery.finding_models import Decision, DiscoveryFinding
from inventory.discovery.finding_rows import Rows, is_open, marks_of_row
from inventory.discovery.observing import Case, Ground, Seen, case_of, observe, ordered_macs
from inventory.errors import Conflict, InvalidInput

MAX_REMARKS = 20


@dataclass(slots=True)
class Tally:
    """What a batch came to. Devices that the sweep had counted before are not counted again.

    deferred  findings in doubt, to be reconciled at the end of the sweep with `last`
    remarks   what a person should hear of, e.g. that a stolen device was seen
    """

    new: int = 0
    matched: int = 0
    conflict: int = 0
    ignored: int = 0
    accepted: int = 0
    deferred: list[Seen] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)


def reconcile(
    db: Session,
    ground: Ground,
    batch: Sequence[Seen],
    *,
    day: date,
    now: datetime,
    last: bool = False,
) -> Tally:
    """Bring a batch of findings into the inventory; `day` is the district's date.

    Raises what the database refuses. With `last`, doubt becomes a conflict instead of waiting.
    """
    if not batch:
        return Tally()
    observed = [observe(ground, seen, at=now) for seen in batch]
    matches = match_many(db, observed)
    cases = [case_of(*each) for each in zip(batch, observed, matches, strict=True)]
    work = _Work(db, ground, Rows(db, ground, cases), Tally(), now)
    rivals = _rivals_within(cases)
    for case in cases:
        case.contested = id(case) in rivals
        if not last and work.doubtful(case):
            work.tally.deferred.append(case.seen)
        else:
            work.settle(case)
    db.flush()
    _keep(db, ground, [case for case in cases if case.asset_id is not None], day, now)
    return work.tally


@dataclass(slots=True)
class _Work:
    db: Session
    ground: Ground
    rows: Rows
    tally: Tally
    now: datetime

    def doubtful(self, case: Case) -> bool:
        """Whether the rest of the sweep may show the matter differently."""
        if case.match.kind is Outcome.CONFLICT:
            return True
        if case.match.kind is Outcome.NEW:
            return case.contested
        known = self.rows.matched(case.match.asset_ids[0])
        return known is not None and finding_rules.rivals(case.marks, marks_of_row(known))

    def settle(self, case: Case) -> None:
        match case.match.kind:
            case Outcome.MATCHED:
                self._matched(case, case.match.asset_ids[0])
            case Outcome.NEW:
                self._new(case)
            case _:
                self._conflict(case, case.match.reasons)

    def _matched(self, case: Case, asset_id: int) -> None:
        known = self.rows.matched(asset_id)
        usual = known is not None and finding_rules.same_device(case.marks, marks_of_row(known))
        rival = None if usual else self.rows.rival(case, asset_id)
        waiting = self.rows.open_row(case)
        if rival is not None or (waiting is not None and waiting.contested and not usual):
            why = [*case.match.reasons, *_contest(rival)]
            self._conflict(case, why, contested=True)
            return
        self._note(case, known, waiting, asset_id)

    def _note(
        self,
        case: Case,
        known: DiscoveryFinding | None,
        waiting: DiscoveryFinding | None,
        asset_id: int,
    ) -> None:
        """It is that asset; what waited for a person about it has answered itself."""
        case.asset_id, case.outcome = asset_id, Outcome.MATCHED
        row = known or waiting
        if row is None:
            row = self._insert(case)
        else:
            self._renew(row, case)
        if waiting is not None and waiting is not row:
            waiting.decision, waiting.reviewed_at = Decision.SUPERSEDED, self.now
            waiting.reviewed_by, waiting.asset_id = self.ground.actor.name, asset_id
            self.db.add(waiting)
        self._set(row, Outcome.MATCHED, case.match.reasons, [asset_id], contested=False)
        if len(case.match.reasons) and "is recorded as" in case.match.reasons[-1]:
            self.tally.remarks.append(
                f"{case.match.reasons[-1]}, yet it answered as {case.seen.key}"
            )

    def _new(self, case: Case) -> None:
        here = self.rows.same_now(case)
        if here is not None and here.asset_id is not None and not is_open(here):
            self._note(case, here, None, here.asset_id)
            return
        rival = self.rows.rival(case)
        if rival is not None or case.contested:
            self._conflict(case, [*case.match.reasons, *_contest(rival)], contested=True)
            return
        if self._ignored(case):
            return
        case.outcome = Outcome.NEW
        row = self.rows.open_row(case)
        reasons = list(case.match.reasons)
        accept = finding_rules.auto_acceptable(
            case.seen.finding.identity.kind.value, case.marks, self.ground.auto_accept
        )
        if accept and not (row is not None and row.outcome is Outcome.CONFLICT):
            reasons += self._accept(case)
        if row is None:
            row = self._insert(case)
        else:
            self._renew(row, case)
        self._set(row, Outcome.NEW, reasons, [], contested=False)
        if case.asset_id is not None:
            row.decision, row.asset_id = Decision.AUTOMATIC, case.asset_id
            row.reviewed_by, row.reviewed_at = self.ground.actor.name, self.now
            self.tally.accepted += 1

    def _accept(self, case: Case) -> list[str]:
        """The asset that the network's rule makes; a reason where it could not be made."""
        audit.take_turn(self.db)
        try:
            with self.db.begin_nested():
                draft = _draft(case)
                case.asset_id = assets.create(self.db, self.ground.actor, draft, now=self.now).id
        except (InvalidInput, Conflict) as refused:
            case.asset_id = None
            return [f"not accepted by the network's rule: {refused}"]
        return []

    def _conflict(self, case: Case, reasons: Sequence[str], *, contested: bool = False) -> None:
        settled = self.rows.settled(case)
        if settled is not None and settled.asset_id is not None:
            settled.last_at = self.now
            self.db.add(settled)
            self._note(case, self.rows.matched(settled.asset_id), None, settled.asset_id)
            return
        if self._ignored(case):
            return
        case.outcome = Outcome.CONFLICT
        row = self.rows.open_row(case)
        if row is None:
            row = self._insert(case)
        else:
            self._renew(row, case)
        about = list(case.match.asset_ids)
        self._set(row, Outcome.CONFLICT, reasons, about, contested=contested)

    def _ignored(self, case: Case) -> bool:
        row = self.rows.ignored(case)
        if row is None:
            return False
        case.outcome = Outcome.IGNORED
        self._renew(row, case)
        return True

    def _insert(self, case: Case) -> DiscoveryFinding:
        row = self.rows.insert(case, now=self.now)
        self.tally.count(case.outcome)
        return row

    def _renew(self, row: DiscoveryFinding, case: Case) -> None:
        counted = self.rows.seen_now(row)
        self.rows.renew(row, case, now=self.now)
        if not counted:
            self.tally.count(case.outcome)

    def _set(
        self,
        row: DiscoveryFinding,
        outcome: Outcome,
        reasons: Sequence[str],
        about: list[int],
        *,
        contested: bool,
    ) -> None:
        if row.id is not None and (row.outcome, row.candidates) != (outcome, about):
            row.revision += 1
        row.outcome, row.contested = outcome, contested
        row.reasons, row.candidates = [text[:500] for text in reasons[:20]], about
        row.asset_id = about[0] if about else None
        self.db.add(row)


def _draft(case: Case) -> AssetDraft:
    """With its identifiers at once: one event in the log, and one search document to write."""
    known = [(key.kind, key.value) for key in case.match.keys if key.kind != SERIAL]
    draft = deciding.draft_of(deciding.named(case.observation, case.match))
    return replace(draft, identifiers=known)


def _keep(db: Session, ground: Ground, cases: Sequence[Case], day: date, now: datetime) -> None:
    """Everything that known assets told: sightings, addresses, supplies, counters."""
    if not cases:
        return
    pairs = []
    answers, supplies, counters = [], {}, {}
    for case in cases:
        asset_id, found = case.asset_id, case.seen.finding
        assert asset_id is not None
        match = Match(Outcome.MATCHED, (asset_id,), case.match.reasons, case.match.keys)
        pairs.append((case.observation, match))
        macs = ordered_macs(case.match)
        answers.append(Answered(asset_id, case.observation.address, macs[0] if macs else ""))
        if found.supplies:
            supplies[asset_id] = found.supplies
        counted = reading_rules.counters(found.page_count, found.page_counters)
        if counted:
            counters[asset_id] = counted
    sight_many(db, ground.actor, pairs, now=now)
    addresses.store(db, ground.network_id, answers, now=now)
    readings.store_supplies(db, supplies, now=now)
    readings.store_pages(db, counters, day=day, now=now)


def _contest(rival: DiscoveryFinding | None) -> list[str]:
    if rival is None:
        return ["another device of this sweep claims the same identifier"]
    what = f"serial {rival.serial}" if rival.serial else f"MAC {rival.mac}"
    return [f"the device at {rival.address or rival.via} ({what}) claims the same identifier"]


def _rivals_within(cases: Sequence[Case]) -> set[int]:
    """Python ids of the cases that another case of the batch is a rival of."""
    holders: dict[str, list[Case]] = {}
    for case in cases:
        marks = case.marks
        for value in (*marks.serials, *marks.macs, *marks.others):
            holders.setdefault(value, []).append(case)
    found: set[int] = set()
    for several in holders.values():
        for place, one in enumerate(several[:50]):
            for other in several[place + 1 : 50]:
                if finding_rules.rivals(one.marks, other.marks):
                    found |= {id(one), id(other)}
    return found
