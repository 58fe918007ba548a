"""What sources tell of the administrators of computers: the fleet's vendors and the enrolment.

A source that was not asked, or did not answer, tells nothing: that is not "no administrators".
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.admin_rights.account_names import names_of
from inventory.admin_rights.drift_models import AdminDevice, ObservedAdmin, System
from inventory.admin_rights.drift_rules import Said, Who
from inventory.assets.models import Asset
from inventory.enrolment.models import EnrolledState
from inventory.fleet.models import MdmConnection, MdmDevice
from mdm.types import Platform

ENROLMENT = "enrolment"
_SYSTEMS = {
    Platform.WINDOWS: System.WINDOWS, Platform.MACOS: System.MACOS, Platform.LINUX: System.LINUX,
}  # fmt: skip
_NUMBERED = 65_536
"""More than the revisions of one record: a mark tells which records there are, and how old."""


@dataclass(slots=True)
class Told:
    """All that sources tell of one computer; `mark` of the fleet's records of it."""

    system: System
    said: list[Said]
    mark: int = 0


def told_of(db: Session, asset_ids: Collection[int]) -> dict[int, Told]:
    """What each of these is told to be; those that no source knows as a computer are left out."""
    found: dict[int, Told] = {}
    d = MdmDevice
    query = (
        sa.select(
            col(d.asset_id), col(d.id), col(d.revision), col(d.platform), col(d.last_check_in),
            col(d.last_seen_at), d.facts["local_admins"], col(MdmConnection.vendor),
        )
        .join(MdmConnection, col(MdmConnection.id) == col(d.connection_id))
        .where(col(d.asset_id).in_(asset_ids), col(d.platform).in_(_SYSTEMS))
        .order_by(col(d.id))
    )  # fmt: skip
    for asset_id, id_, revision, platform, checked_in, seen, admins, vendor in db.execute(query):
        told = found.setdefault(asset_id, Told(_SYSTEMS[platform], []))
        told.mark += id_ * _NUMBERED + revision
        if isinstance(admins, list):
            told.said.append(Said(vendor, min(checked_in or seen, seen), names_of(admins)))
    e = EnrolledState
    rows = db.execute(
        sa.select(
            col(e.asset_id), col(e.system), col(e.administrators), col(e.told_at)
        ).where(col(e.asset_id).in_(asset_ids), col(e.system).in_(list(System)))
    )  # fmt: skip
    for asset_id, system, admins, at in rows:
        told = found.setdefault(asset_id, Told(System(system), []))
        if isinstance(admins, list):
            told.said.append(Said(ENROLMENT, at, names_of(admins)))
    return found


def to_look_at(db: Session, known: Mapping[str, Who], *, now: datetime) -> list[int]:
    """Assets of which something is new since they were last looked at, or runs out now.

    known  as `directory` tells: a name may stand for somebody else than it did
    """
    d = AdminDevice
    wanted: set[int] = set()
    marks = (
        sa.select(
            col(MdmDevice.asset_id).label("asset_id"),
            sa.func.sum(
                sa.cast(col(MdmDevice.id), sa.BigInteger) * _NUMBERED + col(MdmDevice.revision)
            ).label("mark"),
        )
        .where(col(MdmDevice.asset_id).is_not(None), col(MdmDevice.platform).in_(_SYSTEMS))
        .group_by(col(MdmDevice.asset_id))
        .subquery()
    )
    of_marks = sa.select(marks.c.asset_id).outerjoin(d, col(d.asset_id) == marks.c.asset_id)
    left = sa.select(col(d.asset_id)).outerjoin(marks, marks.c.asset_id == col(d.asset_id))
    e = EnrolledState
    enrolled = sa.select(col(e.asset_id)).outerjoin(d, col(d.asset_id) == col(e.asset_id))
    assets = sa.select(col(d.asset_id)).join(Asset, col(Asset.id) == col(d.asset_id))
    fresh = sa.or_(col(d.asset_id).is_(None), col(e.told_at) > col(d.looked_at))
    for query in (
        of_marks.where(sa.or_(col(d.asset_id).is_(None), col(d.fleet_mark) != marks.c.mark)),
        left.where(marks.c.asset_id.is_(None), col(d.fleet_mark) != 0),
        enrolled.where(fresh, col(e.system).in_(list(System))),
        assets.where(col(Asset.version) != col(d.asset_version)),
        sa.select(col(d.asset_id)).where(col(d.look_at) <= now),
    ):
        wanted.update(db.execute(query).scalars())
    wanted |= _otherwise_known(db, known)
    return sorted(wanted)


def look_again(db: Session, asset_ids: Collection[int], *, now: datetime) -> None:
    """Have these looked at by the next refresh; for whoever changes what may be on them."""
    db.execute(
        sa.update(AdminDevice)
        .where(col(AdminDevice.asset_id).in_(asset_ids))
        .values(look_at=now)
        .execution_options(synchronize_session=False)
    )


def keep(
    db: Session,
    told: Mapping[int, Told],
    asset_ids: Collection[int],
    known: Mapping[str, Who],
) -> dict[int, dict[str, datetime]]:
    """Write down who is observed on these, and forget who no source tells of any more. Gives for
    each device since when a key is observed."""
    rows = db.exec(select(ObservedAdmin).where(col(ObservedAdmin.asset_id).in_(asset_ids))).all()
    present = {(row.asset_id, row.account_key, row.source): row for row in rows}
    since: dict[int, dict[str, datetime]] = defaultdict(dict)
    for asset_id, one in told.items():
        for values in _rows(asset_id, one.said, known):
            row = present.pop((asset_id, values["account_key"], values["source"]), None)
            if row is None:
                row = ObservedAdmin(**values, first_at=values["observed_at"])
            for name, value in values.items():
                setattr(row, name, value)
            db.add(row)
            first = since[asset_id].get(row.account_key, row.first_at)
            since[asset_id][row.account_key] = min(first, row.first_at)
    for row in present.values():
        # Where no source tells anything any more, who was there last is all that is known.
        if row.asset_id in since or (row.asset_id in told and told[row.asset_id].said):
            db.delete(row)
    db.flush()
    return since


def _rows(asset_id: int, said: Sequence[Said], known: Mapping[str, Who]) -> list[dict[str, Any]]:
    """One for each account and source; of two records of one vendor, the newer one's."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in sorted(said, key=lambda each: each.at):
        for key, name in one.names.items():
            owner = known.get(key)
            found[key, one.source] = {
                "asset_id": asset_id, "account_key": key, "source": one.source,
                "account": name.shown, "account_id": owner and owner.account_id,
                "staff": owner is not None and owner.staff, "observed_at": one.at,
            }  # fmt: skip
    return list(found.values())


def _otherwise_known(db: Session, known: Mapping[str, Who]) -> set[int]:
    """Devices with a name that stands for another account, or for one of another department."""
    o = ObservedAdmin
    kept = sa.select(col(o.account_key), col(o.account_id), col(o.staff)).distinct()
    changed = [
        key
        for key, account_id, staff in db.execute(kept)
        if (account_id, staff)
        != ((known[key].account_id, known[key].staff) if key in known else (None, False))
    ]
    found: set[int] = set()
    for start in range(0, len(changed), 500):
        part = changed[start : start + 500]
        query = sa.select(col(o.asset_id)).where(col(o.account_key).in_(part)).distinct()
        found.update(db.execute(query).scalars())
    return found
