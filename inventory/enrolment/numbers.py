"""Computers by maker and serial number, as a token that only enrols may know of them."""

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import reach
from inventory.assets.identifiers import is_placeholder
from inventory.assets.models import Asset
from inventory.enrolment.reports import Report
from inventory.errors import InvalidInput, NotFound


def check(actor: Actor, report: Report) -> None:
    """Raises `InvalidInput` for a maker or a serial number that names no computer of its own,
    `Forbidden` for a place out of reach."""
    actor.require_anywhere(Permission.ENROL)
    if report.site_id is not None:
        actor.require(Permission.ENROL, report.site_id)
    most = {"manufacturer": 120, "serial": 120}
    for name, length in most.items():
        text = getattr(report, name)
        if not text.strip() or len(text) > length or not text.isprintable():
            raise InvalidInput(f"{name}: 1 to {length} characters", {name: ["cannot be accepted"]})
    if is_placeholder(report.serial):
        raise InvalidInput(
            "that is no serial number", {"serial": ["is what makers put where they have none"]}
        )


def known(db: Session, actor: Actor, manufacturer: str, serial: str) -> Asset | None:
    """The one asset of this maker and number where the actor may enrol; None for none."""
    try:
        found = reach.by_serial(
            db, actor, serial, manufacturer=manufacturer, permission=Permission.ENROL
        )
    except NotFound:
        return None
    return found[0] if len(found) == 1 else None


def version_of(db: Session, asset_id: int) -> int:
    """The version that the asset has now."""
    return db.get_one(Asset, asset_id).version
