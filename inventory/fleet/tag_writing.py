"""Our asset tags written to the vendors' records of the devices, where a connection asks for it.

Only over live connections that write tags, and only by a job. A tag is written where the vendor
tells another one than the inventory's, once: what somebody changes at the vendor afterwards is a
difference for a person, not for a tug of war. Writing a tag twice is harmless, so a lost answer is
simply written again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission, system_actor
from inventory.assets.kinds import Outcome
from inventory.assets.models import Asset, AssetTag
from inventory.assets.tag_rules import tag_key
from inventory.assets.words import clean
from inventory.audit import service as audit
from inventory.db import Database, now as present
from inventory.engine import JobContext, enqueue
from inventory.errors import SealBroken
from inventory.fleet import alarms, opening
from inventory.fleet.connection_rules import vendor_of
from inventory.fleet.models import AlarmKind, MdmConnection, MdmDevice, Mode
from mdm.connector import Connector, SetsTag
from mdm.errors import AnswerLost, MdmError, Permanent, RetryLater
from mdm.types import DeviceRef

KIND = "mdm.tags"
EVERY = timedelta(minutes=10)
"""How long a changed tag may wait; looking is one query."""

PUT_OFF = timedelta(days=1)
"""After an error that a person must mend."""

MOST = 1000
"""The most devices of one run; the next one goes on."""

CHUNK = 20
"""Results that are kept together; so many tags are written again after a crash."""

MOST_REFUSED = 20
"""Refusals in a row that end a run: then it is not the devices."""


class AllRefused(Exception):
    """One device after the other was refused; the next run tries others."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A tag to be written.

    there  the vendor's present one; `before`: why it was not written the last time
    doubt  why it is not written after all
    """

    device_id: int
    asset_id: int
    ref: DeviceRef
    site_id: int | None
    tag: str
    there: str
    before: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an errand; `error` is "" where the tag was written."""

    errand: Errand
    error: str = ""


def request_due(database: Database, *, now: datetime) -> list[int]:
    """Queue a run for every connection that is due; their ids."""
    c = MdmConnection
    query = select(c).where(
        c.enabled, c.write_tags, c.mode == Mode.LIVE, col(c.act_config).is_not(None),
        sa.or_(col(c.next_tags).is_(None), col(c.next_tags) <= now),
    )  # fmt: skip
    with database.unit(write=False) as db:
        if db.exec(query.limit(1)).first() is None:
            return []
    with database.unit() as db:
        rows = db.exec(query.order_by(col(c.id)).with_for_update()).all()
        for row in rows:
            row.next_tags = now + EVERY
            db.add(row)
            enqueue(db, KIND, {"connection": row.id}, key=f"{row.id}.{int(now.timestamp())}")
        return [row.id for row in rows]


def write_tags(ctx: JobContext, *, clock: Callable[[], datetime] = present) -> None:
    """The handler of jobs of the kind "mdm.tags"; the payload is {"connection": id}.

    No transaction is open while it talks to the vendor. Raises `JobInterrupted`.
    """
    connection_id = int(ctx.payload["connection"])
    with ctx.database.unit(write=False) as db:
        connection = db.get(MdmConnection, connection_id)
        if connection is None or not _may_write(connection):
            return
        errands = _errands(db, connection, now=clock())
        if not errands and not _looks_at_all(connection, clock()):
            return
        db.info[opening.ACTS] = True
        try:
            connector = opening.open_actor(db, connection)
        except (SealBroken, MdmError) as closed:
            stopped: Exception | None = closed
        else:
            stopped = None
    if stopped is None:
        stopped = _write_all(ctx, connection_id, connector, errands, clock)
    with ctx.database.unit() as db:
        if stopped is not None:
            _stop(db, connection_id, stopped, now=clock())
        else:
            _went_well(db, connection_id, now=clock())


def _may_write(connection: MdmConnection) -> bool:
    acts = connection.act_config is not None and connection.mode is Mode.LIVE
    return connection.enabled and connection.write_tags and acts


def _errands(db: Session, connection: MdmConnection, *, now: datetime) -> list[Errand]:
    """Devices that are surely ours and bear another tag at the vendor. Those that were refused are
    tried again after a full sync, once a day or so."""
    d, a = MdmDevice, Asset
    query = (
        select(d, a)
        .join(a, col(a.id) == col(d.asset_id))
        .where(
            d.connection_id == connection.id,
            d.outcome == Outcome.MATCHED,
            col(d.gone_at).is_(None),
            col(d.platform).in_(vendor_of(connection.vendor).tags_on),
            sa.func.upper(col(d.asset_tag)) != sa.func.upper(col(a.tag)),
            col(d.tag_told) != col(a.tag),
        )
    )
    if not _looks_at_all(connection, now):
        query = query.where(d.tag_error == "")
    rows = db.exec(query.order_by(col(d.tag_error), col(d.id)).limit(MOST)).all()
    bearers = _bearers(db, [device.asset_tag for device, _ in rows])
    return [_errand(device, asset, bearers) for device, asset in rows]


def _looks_at_all(connection: MdmConnection, now: datetime) -> bool:
    return connection.last_full_at is not None and connection.last_full_at >= now - 2 * EVERY


def _errand(device: MdmDevice, asset: Asset, bearers: Mapping[str, tuple[int, str]]) -> Errand:
    bearer = bearers.get(tag_key(device.asset_tag)) if device.asset_tag else None
    doubt = ""
    if bearer is not None and bearer[0] != asset.id:
        doubt = f"its tag at the vendor is {device.asset_tag}, which {bearer[1]} bears"
    ref = DeviceRef(
        device.vendor_id, device.platform, device.ownership, device.serial or None,
        device.udid or None, device.enrolment or None, device.supervised,
    )  # fmt: skip
    return Errand(
        device.id, asset.id, ref, asset.site_id, asset.tag, device.asset_tag, device.tag_error,
        clean(doubt, 300),
    )  # fmt: skip


def _bearers(db: Session, tags: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Comparable tag → the asset that bears it or has borne it, and its present tag."""
    keys = {tag_key(tag) for tag in tags if tag}
    if not keys:
        return {}
    query = (
        sa.select(col(AssetTag.tag_key), col(Asset.id), col(Asset.tag))
        .join(Asset, col(Asset.id) == col(AssetTag.asset_id))
        .where(col(AssetTag.tag_key).in_(keys))
    )
    return {key: (asset_id, tag) for key, asset_id, tag in db.execute(query)}


def _write_all(
    ctx: JobContext,
    connection_id: int,
    connector: Connector,
    errands: Sequence[Errand],
    clock: Callable[[], datetime],
) -> Exception | None:
    """Write and keep chunk after chunk; what made it stop before the end."""
    waiting, refused = iter(errands), 0
    while chunk := list(islice(waiting, CHUNK)):
        results: list[Result] = []
        stopped: MdmError | None = None
        for errand in chunk:
            try:
                error = _write(connector, errand)
            except MdmError as ended:
                stopped = ended
                if isinstance(ended, AnswerLost):  # the others are not to wait for this one
                    results.append(Result(errand, clean(ended.reason, 300)))
                break
            results.append(Result(errand, error))
            refused = refused + 1 if error and not errand.doubt else 0
            if refused >= MOST_REFUSED:
                break
        with ctx.database.unit() as db:
            _keep(db, connection_id, results, now=clock())
        if stopped is None and refused >= MOST_REFUSED:
            why = next(result.error for result in reversed(results) if result.error)
            return AllRefused(f"{refused} devices in a row were refused, the last one so: {why}")
        if stopped is not None:
            return stopped
        ctx.heartbeat()
    return None


def _write(connector: Connector, errand: Errand) -> str:
    """Why the tag was not written; "" where it was. Raises what concerns the whole connection."""
    if errand.doubt:
        return errand.doubt
    if not isinstance(connector, SetsTag):
        return "this connector cannot write tags"
    try:
        connector.set_asset_tag(errand.ref, errand.tag)
    except Permanent as refused:
        return clean(refused.reason, 300)
    return ""


def _keep(db: Session, connection_id: int, results: Sequence[Result], *, now: datetime) -> None:
    """Remember what was told and what was refused; each written tag is an audit event."""
    connection = db.get(MdmConnection, connection_id)
    if connection is None:
        return
    written = []
    for result in results:
        errand, d = result.errand, MdmDevice
        if result.error and result.error == errand.before:
            continue
        values: dict[str, Any] = {"tag_error": result.error, "revision": d.revision + 1}
        if not result.error:
            values |= {"tag_told": errand.tag, "asset_tag": errand.tag}
            written.append(errand)
        db.execute(
            sa.update(d)
            .where(col(d.id) == errand.device_id)
            .values(values)
            .execution_options(synchronize_session=False)
        )
    if written:
        entries = [
            audit.Entry(one.asset_id, one.site_id, {"asset_tag": one.there},
                        {"asset_tag": one.tag, "connection": connection.label})
            for one in written
        ]  # fmt: skip
        audit.record_many(
            db, _writer(connection), "mdm_device.tagged", entries, now=now, subject_type="asset"
        )


def _stop(db: Session, connection_id: int, error: Exception, *, now: datetime) -> None:
    """It goes on later: after what the vendor asks for, or when a person may have mended it.

    The alarm is one of its own: a list that is read well says nothing of what may be written.
    """
    connection = _locked(db, connection_id)
    if connection is None:
        return
    connection.next_tags = now + PUT_OFF
    if isinstance(error, AnswerLost | AllRefused):
        connection.next_tags = now + EVERY
    elif isinstance(error, RetryLater):
        wait = timedelta(seconds=min(error.retry_after or 0, 86_400))
        connection.next_tags = now + max(EVERY, wait)
    if not isinstance(error, AnswerLost | RetryLater):
        alarms.sound(db, _writer(connection), connection, AlarmKind.TAGS, str(error), now=now)
    db.add(connection)


def _went_well(db: Session, connection_id: int, *, now: datetime) -> None:
    """A run that nothing stopped settles the alarm; a single device that is refused raises none."""
    connection = _locked(db, connection_id)
    if connection is not None:
        alarms.settle(db, _writer(connection), connection, {AlarmKind.TAGS}, now=now)


def _locked(db: Session, connection_id: int) -> MdmConnection | None:
    query = select(MdmConnection).where(MdmConnection.id == connection_id).with_for_update()
    return db.exec(query).first()


def _writer(connection: MdmConnection) -> Actor:
    return system_actor(f"tags of {connection.label}", {Permission.MDM_WRITE}, origin=KIND)
