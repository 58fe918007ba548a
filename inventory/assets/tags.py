"""Giving tags: from a counter inside the transaction of the insert, by hand, or to a roll.

A number is given at most once, even if the asset is gone; gaps are fine. A counter's row is locked
until the transaction ends, so two allocations never meet.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.models import Asset, AssetTag, TagCounter, TagRange
from inventory.assets.tag_rules import clean_tag, digits_of, tag_key
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.db import insert_unless_there
from inventory.errors import Conflict, Duplicate, InvalidInput

DEFAULT_PREFIX = "HR-"
DEFAULT_WIDTH = 6
MAX_RESERVED = 10_000
LAST_NUMBER = 10**15
_BATCH = 50


def allocate(db: Session, prefix: str | None = None) -> str:
    """The next free tag of the counter with that prefix, or of the default counter.

    Raises `InvalidInput` for a prefix without a counter.
    """
    return allocate_many(db, 1, prefix)[0]


def allocate_many(db: Session, count: int, prefix: str | None = None) -> list[str]:
    """The next `count` free tags, in order. Raises as `allocate`."""
    counter = locked_counter(db, prefix)
    number = counter.next_number
    ranges = db.exec(
        select(TagRange.first, TagRange.last)
        .where(TagRange.counter_id == counter.id, TagRange.last >= number)
        .order_by(col(TagRange.first))
    ).all()
    free: list[int] = []
    # Nearly always the first ones are free.
    batch = count
    while len(free) < count and number < LAST_NUMBER:
        wanted: list[int] = []
        while len(wanted) < batch:
            number = _beyond(ranges, number)
            wanted.append(number)
            number += 1
        taken = taken_keys(db, [tag_key(shape(counter, n)) for n in wanted])
        free += [n for n in wanted if tag_key(shape(counter, n)) not in taken]
        batch = _BATCH
    if len(free) < count:
        raise Conflict(f"the counter {counter.prefix!r} has no number left")
    if count:
        counter.next_number = free[count - 1] + 1
        db.add(counter)
        db.flush()
    return [shape(counter, n) for n in free[:count]]


def _beyond(ranges: Sequence[tuple[int, int]], number: int) -> int:
    """The first number from `number` on that lies in none of the ranges, which are in order."""
    for first, last in ranges:
        if first <= number <= last:
            number = last + 1
    return number


def shape(counter: TagCounter, number: int) -> str:
    return f"{counter.prefix}{number:0{counter.width}d}"


def taken_keys(db: Session, keys: list[str]) -> set[str]:
    """Those of `keys` that an asset bears or has borne."""
    return set(db.exec(select(AssetTag.tag_key).where(col(AssetTag.tag_key).in_(keys))).all())


def locked_counter(db: Session, prefix: str | None) -> TagCounter:
    """The counter's row, locked until the transaction ends; the default one is made at need."""
    query = select(TagCounter).with_for_update().execution_options(populate_existing=True)
    if prefix is not None:
        found = db.exec(query.where(TagCounter.prefix_key == _prefix_key(prefix))).first()
        if found is None:
            raise wrong("prefix", f"{prefix[:40]!r} has no counter")
        return found
    default = query.where(col(TagCounter.is_default)).order_by(col(TagCounter.id))
    found = db.exec(default).first()
    if found is None:
        row = {
            "prefix": DEFAULT_PREFIX, "prefix_key": _prefix_key(DEFAULT_PREFIX),
            "width": DEFAULT_WIDTH, "next_number": 1, "is_default": True,
        }  # fmt: skip
        insert_unless_there(db, TagCounter, row)
        found = db.exec(default).first()
    if found is None:
        raise Conflict("no counter is the default one; choose a prefix")
    return found


def _prefix_key(prefix: str) -> str:
    return tag_key(prefix)


def first_tag(db: Session, asset: Asset, *, now: datetime) -> None:
    """Write down the tag of a new (flushed) asset; the primary key refuses one that is taken."""
    db.add(_row(asset, asset.tag, now))


def _row(asset: Asset, tag: str, now: datetime) -> AssetTag:
    return AssetTag(
        tag_key=tag_key(tag), tag=tag, asset_id=asset.id, digits=digits_of(tag), since=now
    )


def bear(db: Session, asset: Asset, tag: str, *, now: datetime) -> None:
    """Write down that the asset now bears `tag`; what it bore before becomes an alias.

    The caller has checked with `require_free`; the primary key is the wall behind it.
    """
    key = tag_key(tag)
    old = db.exec(
        select(AssetTag).where(AssetTag.asset_id == asset.id, col(AssetTag.current))
    ).first()
    if old is not None and old.tag_key != key:
        old.current = False
        db.add(old)
    row = db.get(AssetTag, key) or _row(asset, tag, now)
    row.tag, row.current = tag, True
    db.add(row)
    db.flush()


def require_free(db: Session, actor: Actor, tag: str, *, asset_id: int | None = None) -> None:
    """Raises `Duplicate` where another asset bears the tag or has borne it."""
    row = db.exec(
        select(AssetTag.asset_id, AssetTag.current, Asset.tag, Asset.site_id)
        .join(Asset, col(Asset.id) == col(AssetTag.asset_id))
        .where(AssetTag.tag_key == tag_key(tag))
    ).first()
    if row is None or row[0] == asset_id:
        return
    _, current, present, site_id = row
    if not actor.may(Permission.ASSET_READ, site_id):
        raise Duplicate(f"the tag {tag} is taken")
    if current:
        raise Duplicate(f"the tag {tag} is taken")
    raise Duplicate(f"the tag {tag} was borne by what is now {present}; it is never given again")


def reserve(
    db: Session,
    actor: Actor,
    count: int,
    *,
    now: datetime,
    prefix: str | None = None,
    first: int | None = None,
    purpose: str = "",
) -> tuple[TagRange, str, str]:
    """Set `count` numbers aside for pre-printed labels; the range, its first and its last tag.

    They are given only by writing the tag down when an asset is created. `first` names the number
    that the roll begins with; without it the counter's next numbers are taken.
    Raises `InvalidInput`, or `Conflict` where the range meets another one or tags in use.
    """
    actor.require_anywhere(Permission.ASSET_BULK)
    if not 1 <= count <= MAX_RESERVED:
        raise wrong("count", f"must be 1 to {MAX_RESERVED}")
    purpose = entered(purpose, "purpose", 200)
    counter = locked_counter(db, prefix)
    start = _free_run(db, counter, count) if first is None else first
    last = start + count - 1
    if not 1 <= start <= last < LAST_NUMBER:
        raise wrong("first", "must be a positive number")
    _require_unused(db, counter, start, last)
    if counter.next_number >= start:
        counter.next_number = max(counter.next_number, last + 1)
    made = TagRange(
        counter_id=counter.id, first=start, last=last, purpose=purpose,
        reserved_by=actor.name[:200], reserved_at=now,
    )  # fmt: skip
    db.add_all([counter, made])
    db.flush()
    tags = shape(counter, start), shape(counter, last)
    audit.record(
        db, actor, "tag_range.reserved", now=now, subject_type="tag_range", subject_id=made.id,
        after={"first": tags[0], "last": tags[1], "purpose": purpose},
    )  # fmt: skip
    return made, *tags


def _free_run(db: Session, counter: TagCounter, count: int) -> int:
    """The first number from which `count` numbers meet no reserved range and no tag in use."""
    start = counter.next_number
    ranges = db.exec(
        select(TagRange.first, TagRange.last)
        .where(TagRange.counter_id == counter.id, TagRange.last >= start)
        .order_by(col(TagRange.first))
    ).all()
    for _ in range(1000):
        for low, high in ranges:
            if low < start + count and high >= start:
                start = high + 1
        used = _used_numbers(db, counter, start, start + count - 1)
        if not used:
            return start
        start = max(used) + 1
    raise Conflict("there is no free run of that length; say where the roll begins")


def _used_numbers(db: Session, counter: TagCounter, first: int, last: int) -> list[int]:
    keys = {tag_key(shape(counter, n)): n for n in range(first, last + 1)}
    return [keys[key] for key in taken_keys(db, list(keys))]


def _require_unused(db: Session, counter: TagCounter, first: int, last: int) -> None:
    met = db.exec(
        select(TagRange).where(
            TagRange.counter_id == counter.id, TagRange.first <= last, TagRange.last >= first
        )
    ).first()
    if met is not None:
        raise Conflict(
            f"{shape(counter, met.first)} to {shape(counter, met.last)} are reserved already"
        )
    used = _used_numbers(db, counter, first, last)
    if used:
        raise Conflict(f"{shape(counter, min(used))} is in use")


def create_counter(
    db: Session, actor: Actor, prefix: str, *, width: int, is_default: bool, now: datetime
) -> TagCounter:
    """A further series of tags. Raises `Duplicate` for a prefix that has a counter."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    if not 0 < width <= 12:
        raise wrong("width", "must be 1 to 12")
    prefix = clean_tag(f"{prefix}0")[:-1].lstrip() if isinstance(prefix, str) else ""
    if len(prefix) > 40:
        raise wrong("prefix", "must not be longer than 40 characters")
    if prefix[-1:].isdigit():
        raise InvalidInput(
            "a prefix must not end in a digit", {"prefix": ["must not end in a digit"]}
        )
    row = {
        "prefix": prefix, "prefix_key": _prefix_key(prefix), "width": width,
        "next_number": 1, "is_default": False,
    }  # fmt: skip
    if not insert_unless_there(db, TagCounter, row):
        raise Duplicate(f"the prefix {prefix!r} has a counter")
    made = locked_counter(db, prefix)
    if is_default:
        db.exec(sa.update(TagCounter).values(is_default=False))
        made.is_default = True
        db.add(made)
        db.flush()
    audit.record(
        db, actor, "tag_counter.created", now=now, subject_type="tag_counter", subject_id=made.id,
        after={"prefix": prefix, "width": width, "is_default": is_default},
    )  # fmt: skip
    return made


def list_counters(db: Session, actor: Actor) -> list[TagCounter]:
    actor.require_anywhere(Permission.ASSET_READ)
    return list(db.exec(select(TagCounter).order_by(col(TagCounter.id))).all())
