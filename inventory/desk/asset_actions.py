"""What can be done with an asset from its head: buttons, and a menu for what is rarer.

A feature that does something to devices adds one entry of `ACTIONS`; who may not do it at the
asset's place does not see it.
"""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from inventory.access import Actor, Permission
from inventory.desk.asset_head import Head


@dataclass(frozen=True, slots=True)
class Action:
    """path         with `{id}` of the asset
    permissions  one of them must reach the asset's place
    dialog       the page may stand in the dialog
    more         stands in the menu
    """

    label: LazyString
    path: str
    icon: str
    permissions: Collection[Permission]
    dialog: bool = False
    more: bool = False


ACTIONS: tuple[Action, ...] = (
    Action(_l("Edit"), "/assets/{id}/edit", "pencil", (Permission.ASSET_WRITE,)),
    Action(
        _l("Move status"), "/assets/{id}/status", "arrow-repeat",
        (Permission.ASSET_WRITE, Permission.ASSET_RETIRE), dialog=True,
    ),
    Action(
        _l("Note"), "/assets/{id}/notes", "chat-left-text", (Permission.ASSET_WRITE,), dialog=True
    ),
    Action(
        _l("Hand out"), "/assets/{id}/custody/out", "person-badge", (Permission.CUSTODY_WRITE,),
        dialog=True, more=True,
    ),
    Action(
        _l("Remote command"), "/assets/{id}/commands/new", "lock", (Permission.COMMAND_REQUEST,),
        dialog=True, more=True,
    ),
    Action(
        _l("Put on hold"), "/assets/{id}/holds", "lock", (Permission.HOLD_WRITE,), more=True
    ),
    Action(_l("Print a label"), "/labels?id={id}", "printer", (Permission.ASSET_READ,), more=True),
    Action(
        _l("Make another like it"), "/assets/new?like={id}", "copy", (Permission.ASSET_WRITE,),
        more=True,
    ),
    Action(
        _l("Retire"), "/assets/{id}/retire", "box-arrow-right", (Permission.ASSET_RETIRE,),
        dialog=True, more=True,
    ),
    Action(
        _l("Add a photo or document"), "/assets/{id}/files", "upload", (Permission.ASSET_WRITE,),
        more=True,
    ),
    Action(
        _l("Its audit events"), "/audit?subject_type=asset&subject_id={id}", "journal-text",
        (Permission.AUDIT_READ,), more=True,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownAction:
    """`away`: it leads to the device itself, in a window of its own."""

    label: str
    href: str
    icon: str
    dialog: bool = False
    more: bool = False
    away: bool = False


def actions_of(actor: Actor, head: Head) -> Sequence[ShownAction]:
    """The buttons to show, in order."""
    asset = head.asset
    shown = [
        ShownAction(
            str(action.label), action.path.format(id=asset.id), action.icon, action.dialog,
            action.more,
        )
        for action in ACTIONS
        if any(actor.may(permission, asset.site_id) for permission in action.permissions)
    ]  # fmt: skip
    if own := own_page(asset.last_seen_address):
        label = str(_l("Open the device's own page"))
        shown.append(ShownAction(label, own, "link-45deg", more=True, away=True))
    return shown


def own_page(address: str) -> str:
    """The address of the page that a device itself serves; "" for what is no IP address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return "" if found.scope_id else f"http://[{found.compressed}]/"
    return f"http://{found}/"
