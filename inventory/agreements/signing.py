"""Signing, and saying no. One person signs one text once for a device, or once in a school year.

The person's row is locked first, so that of two answers at once one is kept; unique indexes are the
wall behind it. The document is in the store before the row names it.
"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from sqlmodel import Session, select

from inventory.access import Actor, Permission
from inventory.agreements import due
from inventory.agreements.document import Content, Place, pdf
from inventory.agreements.due import Due
from inventory.agreements.models import Acceptance, Agreement, Per, SignedHow, SignOutcome
from inventory.agreements.rules import Signature, checked, school_year
from inventory.assets.file_store import FileStore
from inventory.audit import service as audit
from inventory.custody import listing
from inventory.custody.models import Custody
from inventory.errors import Conflict, NotFound
from inventory.people.models import Person
from inventory.settings import Settings

MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What signing needs of its surroundings. `origin`: the address that it comes from."""

    store: FileStore
    place: Place
    origin: str = ""


def store_of(settings: Settings) -> FileStore:
    """Documents lie in `DATA_DIR/agreements`, content addressed as other files, no web root."""
    return FileStore(Path(settings.data_dir) / "agreements", max_bytes=MOST_BYTES)


def desk_of(settings: Settings, origin: str) -> Desk:
    return Desk(store_of(settings), Place(settings.district, settings.zone), origin)


def on_screen(
    db: Session, actor: Actor, custody_id: int, agreement_id: int, signature: Signature | None,
    desk: Desk, *, now: datetime,
) -> Acceptance:  # fmt: skip
    """At a technician's screen; `signature` None: the person says no.

    Raises `NotFound`, `Forbidden`, `InvalidInput`, `Conflict` where nothing is to be signed.
    """
    asked = wanted(db, actor, custody_id, agreement_id, now=now)
    return answer(db, actor, asked, signature, SignedHow.SCREEN, desk, now=now)


def own(
    db: Session, actor: Actor, custody_id: int, agreement_id: int, signature: Signature | None,
    desk: Desk, *, now: datetime,
) -> Acceptance:  # fmt: skip
    """In the person's own account. Raises as `on_screen`; somebody else's is `NotFound`."""
    asked = own_wanted(db, actor, custody_id, agreement_id, now=now)
    return answer(db, actor, asked, signature, SignedHow.OWN, desk, now=now)


def wanted(db: Session, actor: Actor, custody_id: int, agreement_id: int, *, now: datetime) -> Due:
    """What a technician may let somebody sign. Raises `NotFound`, `Forbidden`, `Conflict`."""
    actor.require_anywhere(Permission.CUSTODY_WRITE)
    held = listing.one(db, actor, custody_id)
    actor.require(Permission.CUSTODY_WRITE, held.site_id)
    if db.get(Agreement, agreement_id) is None:
        raise NotFound(f"there is no agreement {agreement_id}")
    lock(db, custody_id)
    asked = due.one(db, custody_id, agreement_id, now=now)
    if asked is None:
        raise Conflict("nothing is to be signed for it: it is signed already, or handed in")
    return asked


def own_wanted(
    db: Session, actor: Actor, custody_id: int, agreement_id: int, *, now: datetime
) -> Due:
    """What the actor has to sign. Raises `Forbidden`, `NotFound`, `Conflict`."""
    actor.require_anywhere(Permission.SELF)
    custody = db.get(Custody, custody_id)
    person = db.get(Person, custody.person_id) if custody and custody.person_id else None
    if person is None or actor.id is None or person.account_id != actor.id:
        raise NotFound("you have no such device")
    lock(db, custody_id)
    asked = due.one(db, custody_id, agreement_id, now=now)
    if asked is None:
        raise Conflict("nothing is to be signed for it: it is signed already, or handed in")
    return asked


def answer(
    db: Session, actor: Actor, asked: Due, signature: Signature | None, how: SignedHow, desk: Desk,
    *, now: datetime,
) -> Acceptance:  # fmt: skip
    """Keep an answer to what is known to be asked and allowed. Raises `InvalidInput`."""
    signature = checked(signature, asked.version) if signature else None
    given = signature or Signature("")
    at_screen = how is SignedHow.SCREEN
    made = Acceptance(
        agreement_id=asked.agreement.id, version_id=asked.version.id, person_id=asked.person.id,
        custody_id=asked.custody.id if asked.agreement.per is Per.DEVICE else None,
        school_year=school_year(now),
        outcome=SignOutcome.ACCEPTED if signature else SignOutcome.DECLINED, how=how,
        language=given.language, text_sha256=asked.version.sha256(given.language),
        signed_name=given.name, strokes=given.strokes, signed_at=now, signed_from=desk.origin[:80],
        witness=actor.name[:200] if at_screen else "", witness_id=actor.id if at_screen else None,
    )  # fmt: skip
    if signature:
        content = Content(asked.agreement, asked.version, asked.name, [_device(asked)])
        staged = desk.store.stage(BytesIO(pdf(content, made, desk.place)), now=now)
        made.pdf_sha256 = staged.sha256
    db.add(made)
    db.flush()
    told = {
        "acceptance_id": made.id, "agreement_id": made.agreement_id,
        "text": asked.version.number, "text_sha256": made.text_sha256, "how": how,
        "custody_id": asked.custody.id, "pdf_sha256": made.pdf_sha256,
    }  # fmt: skip
    action = "agreement.signed" if signature else "agreement.declined"
    audit.record(
        db, actor, action, now=now, subject_type="person", subject_id=made.person_id,
        site_id=asked.asset.site_id, after=told,
    )  # fmt: skip
    return made


def _device(asked: Due) -> str:
    asset = asked.asset
    return " ".join(filter(None, (asset.tag, asset.category.value, asset.name)))


def lock(db: Session, custody_id: int) -> None:
    """Nobody else answers for this person until the transaction ends."""
    person_id = db.exec(select(Custody.person_id).where(Custody.id == custody_id)).first()
    if person_id is not None:
        db.exec(select(Person.id).where(Person.id == person_id).with_for_update()).one()
