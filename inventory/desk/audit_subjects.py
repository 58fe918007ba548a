"""What events are about, by the names that people know, for those who may know them."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session

from inventory.access import Actor
from inventory.accounts import listing
from inventory.assets.at_once import names_by_id
from inventory.audit.models import AuditEvent
from inventory.sites.naming import spots

Subject = tuple[str, str]
"""Type and id, as an event has them."""

PAGES: Mapping[str, str] = {
    "asset": "/assets/{}", "account": "/accounts/{}", "site": "/sites/{}",
    "network": "/networks/{}", "sweep": "/sweeps/{}", "credential": "/credentials/{}",
    "finding": "/discoveries/{}", "command": "/commands/{}",
    "roster_plan": "/people/imports/{}", "asset_import": "/imports/{}",
    "command_batch": "/commands/batches/{}", "mdm_device": "/managed/{}",
}  # fmt: skip
"""Where the page of a subject is, if there is such a page."""

_NAMED = ("asset", "account", "site")


def subjects_of(db: Session, actor: Actor, events: Iterable[AuditEvent]) -> dict[Subject, str]:
    """The names of those assets, accounts and places that the actor may see; a query for each."""
    ids: dict[str, set[int]] = {kind: set() for kind in _NAMED}
    for event in events:
        if event.subject_type in ids and _is_id(event.subject_id):
            ids[event.subject_type].add(int(event.subject_id))
    found = {
        "asset": names_by_id(db, actor, ids["asset"]),
        "account": listing.names_by_id(db, actor, ids["account"]),
        "site": {id_: spot.label for id_, spot in spots(db, actor, ids["site"]).items()},
    }
    return {(kind, str(id_)): name for kind in _NAMED for id_, name in found[kind].items()}


def page_of(event: AuditEvent, names: Mapping[Subject, str]) -> str:
    """The address of the subject's page; "" where there is none for this reader."""
    subject = event.subject_type, event.subject_id
    known = subject in names or event.subject_type not in _NAMED
    pattern = PAGES.get(event.subject_type, "")
    return pattern.format(event.subject_id) if known and _is_id(event.subject_id) else ""


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
