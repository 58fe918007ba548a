"""The scan station: what is to be done is fixed first, then every scan does it once."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, select

from inventory.access import Actor, Permission
from inventory.assets import reach
from inventory.assets.models import Asset
from inventory.custody import cart_acts, service
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import Custody
from inventory.custody.scan_code import read_code
from inventory.custody.service import Coming
from inventory.errors import Conflict, InvalidInput, NotFound
from inventory.people import service as people
from inventory.people.models import Person

OUT_OF_CART = "taken out of its cart"


class Mode(StrEnum):
    """What a scan does."""

    OUT = "out"
    IN = "in"
    CART = "cart"
    FIND = "find"


class Scanned(StrEnum):
    """What came of a scan."""

    OUT = "out"
    IN = "in"
    CART = "cart"
    FOUND = "found"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Station:
    """What was fixed before the first scan.

    holder  of `OUT`: to whom; of `CART`: into which
    badges  people's badges are scanned as well: the one who was scanned last gets the devices
    """

    mode: Mode
    holder: Holder = field(default_factory=Holder)
    badges: bool = False
    terms: Terms = field(default_factory=Terms)
    coming: Coming = field(default_factory=Coming)


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan. `was_at`: the place where the device was recorded before."""

    outcome: Scanned
    asset: Asset | None = None
    custody: Custody | None = None
    person: Person | None = None
    was_at: int | None = None


def scan(db: Session, actor: Actor, station: Station, text: str, *, now: datetime) -> Scan:
    """Do with what was scanned what the station is set to.

    Raises `NotFound` with near misses, `Forbidden`, `InvalidInput`, `Conflict` as the act does.
    """
    actor.require_anywhere(Permission.CUSTODY_WRITE)
    code = read_code(text)
    if not code:
        raise InvalidInput("nothing was scanned", {"code": ["must not be empty"]})
    if station.mode is Mode.OUT and station.badges:
        person = by_badge(db, actor, code)
        if person is not None:
            _require_one_meaning(db, actor, station, code)
            return Scan(Scanned.PERSON, person=person)
        if station.holder.person_id is None:
            raise NotFound("nobody at your schools has this badge; scan the person first")
    asset = meant(db, actor, code)
    return _act(db, actor, station, asset, now)


def is_badge(db: Session, actor: Actor, station: Station, text: str) -> bool:
    """Whether a scan would only choose a person, and so change nothing."""
    if station.mode is not Mode.OUT or not station.badges:
        return False
    return by_badge(db, actor, read_code(text)) is not None


def by_badge(db: Session, actor: Actor, code: str) -> Person | None:
    """Somebody at the actor's schools by the number on their badge, which is the roster's."""
    query = select(Person.id).where(Person.sourced_id == code)
    found = db.exec(query).first() if code else None
    try:
        return None if found is None else people.get(db, actor, found)
    except NotFound:
        return None


def meant(db: Session, actor: Actor, code: str) -> Asset:
    """The device with this tag, else the only one with this serial number.

    Raises `NotFound` with near misses of tags, `Conflict` where several have the serial number.
    """
    permission = Permission.CUSTODY_READ
    try:
        return reach.by_tag(db, actor, code, permission=permission)
    except NotFound as unknown:
        try:
            found = reach.by_serial(db, actor, code, permission=permission)
        except NotFound:
            raise unknown from None
    if len(found) > 1:
        raise Conflict("several devices have this serial number; scan the tag")
    return found[0]


def _require_one_meaning(db: Session, actor: Actor, station: Station, code: str) -> None:
    # Without a person yet, a badge is expected; later a number could be either.
    if station.holder.person_id is None:
        return
    try:
        reach.by_tag(db, actor, code, permission=Permission.CUSTODY_READ)
    except NotFound:
        return
    raise Conflict("a person and a device bear this number; hand it out on the device's page")


def _act(db: Session, actor: Actor, station: Station, asset: Asset, now: datetime) -> Scan:
    was_at = asset.site_id
    present = service.open_custody(db, asset.id)
    if station.mode is Mode.FIND:
        return Scan(Scanned.FOUND, asset, present)
    if station.mode is Mode.CART:
        if station.holder.cart_id is None:
            raise InvalidInput("no cart", {"cart_id": ["say into which cart"]})
        made = cart_acts.put_in(db, actor, station.holder.cart_id, asset.id, now=now)
        return Scan(Scanned.CART, asset, made, was_at=was_at)
    if station.mode is Mode.IN:
        if present is None:
            raise Conflict("it is not out")
        made = service.check_in(db, actor, present.id, station.coming, now=now)
        return Scan(Scanned.IN, asset, made, was_at=was_at)
    # A cart is where it is kept, and nobody who would have to be asked.
    kept = present is not None and present.cart_id is not None
    made = service.check_out(
        db, actor, asset.id, station.holder, station.terms,
        take_over=OUT_OF_CART if kept else "", now=now,
    )  # fmt: skip
    return Scan(Scanned.OUT, asset, made, was_at=was_at)
