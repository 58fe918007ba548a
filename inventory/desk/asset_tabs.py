"""The tabs of an asset's page. A feature adds its tab as one entry of `TABS`, and its page.

A tab whose page is not registered with the application is not shown, nor is one that has nothing
to say about this asset or that the viewer may not open there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlmodel import Session, col

from inventory.access import Actor, Permission
from inventory.assets.attachment_models import Attachment, FileKind
from inventory.assets.hold_models import Hold
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.commands.models import DeviceCommand
from inventory.custody.transfer_models import ItemState, TransferItem
from inventory.discovery.reading_models import PageReading, SupplyReading
from inventory.fleet.models import MdmDevice

PRINTING = frozenset(
    {Category.PRINTER, Category.MULTIFUNCTION, Category.PLOTTER, Category.LABEL_PRINTER,
     Category.FAX}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is of what some tabs show.

    photo    the id of the newest photo, None where there is none
    managed  a vendor has told of it, or a command was asked for it
    holds    that are in force
    transfer the one in which it is on its way to another school
    """

    files: int = 0
    photo: int | None = None
    readings: bool = False
    managed: bool = False
    holds: int = 0
    transfer: int | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """endpoint    of the page, which takes `asset_id`
    shown       whether there is anything to show of this asset; None: always
    count       a number beside the label
    permission  must reach the asset's place
    labels      other words for some categories
    """

    endpoint: str
    label: LazyString
    shown: Callable[[Asset, Extent], bool] | None = None
    count: Callable[[Extent], int | None] | None = None
    permission: Permission = Permission.ASSET_READ
    labels: Mapping[Category, LazyString] = field(default_factory=dict)


def _has_readings(asset: Asset, extent: Extent) -> bool:
    return asset.category in PRINTING or extent.readings


TABS: tuple[Tab, ...] = (
    Tab("asset_pages.show", _l("Overview")),
    Tab("asset_network_pages.show", _l("Network")),
    Tab(
        "asset_supplies_pages.show", _l("Supplies and pages"), shown=_has_readings,
        labels={Category.UPS: _l("Battery")},
    ),
    Tab(
        "asset_files_pages.listed", _l("Documents and photos"),
        count=lambda extent: extent.files or None,
    ),
    Tab(
        "asset_mdm_pages.show", _l("Management"), shown=lambda _asset, extent: extent.managed,
        permission=Permission.MDM_READ,
    ),
    Tab(
        "asset_custody_pages.listed", _l("Who has it"), permission=Permission.CUSTODY_READ,
    ),
    Tab(
        "asset_holds_pages.listed", _l("Holds"), count=lambda extent: extent.holds or None,
        permission=Permission.HOLD_READ,
    ),
    Tab("asset_history_pages.show", _l("History")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownTab:
    label: str
    endpoint: str
    count: int | None


def tabs_of(
    actor: Actor, asset: Asset, extent: Extent, pages: Collection[str]
) -> Sequence[ShownTab]:
    """The tabs to show. `pages`: the endpoints that there are."""
    return [
        ShownTab(
            str(tab.labels.get(asset.category, tab.label)), tab.endpoint,
            tab.count(extent) if tab.count else None,
        )
        for tab in TABS
        if tab.endpoint in pages
        and actor.may(tab.permission, asset.site_id)
        and (tab.shown is None or tab.shown(asset, extent))
    ]  # fmt: skip


def extent_of(db: Session, asset_id: int) -> Extent:
    """One statement. The caller has checked the asset's scope."""
    mine = (col(Attachment.asset_id) == asset_id, col(Attachment.removed_at).is_(None))
    query = sa.select(
        sa.select(sa.func.count()).select_from(Attachment).where(*mine).scalar_subquery(),
        sa.select(sa.func.max(col(Attachment.id)))
        .where(*mine, col(Attachment.kind) == FileKind.PHOTO)
        .scalar_subquery(),
        sa.exists().where(col(SupplyReading.asset_id) == asset_id)
        | sa.exists().where(col(PageReading.asset_id) == asset_id),
        sa.exists().where(col(MdmDevice.asset_id) == asset_id)
        | sa.exists().where(col(DeviceCommand.asset_id) == asset_id),
        sa.select(sa.func.count())
        .select_from(Hold)
        .where(col(Hold.asset_id) == asset_id, col(Hold.released_at).is_(None))
        .scalar_subquery(),
        sa.select(col(TransferItem.transfer_id))
        .where(
            col(TransferItem.asset_id) == asset_id,
            col(TransferItem.state) == ItemState.IN_TRANSIT,
        )
        .scalar_subquery(),
    )
    files, photo, readings, managed, holds, transfer = db.execute(query).one()
    return Extent(files, photo, bool(readings), bool(managed), holds, transfer)
