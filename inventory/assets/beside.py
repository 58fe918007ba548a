"""What a source tells and what assets are recorded with, side by side: for whoever decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import claims
from inventory.assets.catalog_models import Manufacturer
from inventory.assets.identifiers import IMEI, MAC, MEID, UDID, colons
from inventory.assets.models import Asset, Identifier
from inventory.assets.naming import catalog_of, without_maker
from inventory.assets.observed import is_same

MOST = 20
HIDDEN = "it concerns an asset outside your sites"


@dataclass(frozen=True, slots=True)
class Side:
    """One field as it is observed and as the asset has it."""

    field: str
    observed: str
    recorded: str
    same: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An asset that it may be. Outside the reader's sites only that there is one."""

    asset_id: int | None
    tag: str
    status: str
    last_seen_at: datetime | None
    last_seen_address: str
    sides: Sequence[Side]


def beside(
    db: Session, actor: Actor, asset_ids: Iterable[int], told: Mapping[str, str]
) -> list[Candidate]:
    """These assets (at most `MOST`; those that are not there are left out) beside what is told.

    told  field → text, in the order to be shown: tag, category, manufacturer, model, serial,
          firmware, name, address, and mac, imei, meid, udid with commas between
    """
    found = []
    for asset_id in list(asset_ids)[:MOST]:
        asset = db.get(Asset, asset_id)
        if asset is None:
            continue
        if not actor.may(Permission.ASSET_READ, asset.site_id):
            found.append(Candidate(None, "", "", None, "", ()))
            continue
        found.append(
            Candidate(
                asset.id, asset.tag, asset.status.value, asset.last_seen_at,
                asset.last_seen_address, _sides(db, asset, told),
            )
        )  # fmt: skip
    return found


def told_reasons(candidates: Iterable[Candidate], reasons: Iterable[object]) -> list[str]:
    """Why it is what it is; sentences about assets out of the reader's reach are withheld."""
    if any(candidate.asset_id is None for candidate in candidates):
        return [HIDDEN]
    return [str(reason) for reason in reasons]


def _sides(db: Session, asset: Asset, told: Mapping[str, str]) -> list[Side]:
    maker, model = catalog_of(db, asset)
    held = claims.of(db, [asset.id])[asset.id]
    recorded = {
        "tag": asset.tag,
        "category": asset.category.value,
        "manufacturer": maker.name if maker else "",
        "model": model.name if model else "",
        "serial": asset.serial,
        "firmware": asset.firmware,
        "name": asset.name,
        "mac": ", ".join(sorted(map(colons, _values(held, MAC)))),
        "imei": ", ".join(_values(held, IMEI)),
        "meid": ", ".join(_values(held, MEID)),
        "udid": ", ".join(_values(held, UDID)),
        "address": asset.last_seen_address,
    }
    return [
        Side(field, text, recorded[field], _same(field, recorded[field], text, maker))
        for field, text in told.items()
    ]


def _same(field: str, recorded: str, told: str, maker: Manufacturer | None) -> bool:
    if field == "model" and maker is not None:
        told = without_maker(maker, told)
    return bool(recorded and told) and is_same(field, recorded, told)


def _values(held: Iterable[Identifier], kind: str) -> list[str]:
    return [row.value for row in held if row.kind == kind]
