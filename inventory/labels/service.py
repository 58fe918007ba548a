"""Labels for assets: what stands on each, laid out and ready to be printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.access import Actor
from inventory.assets.catalog_models import AssetModel
from inventory.assets.models import Asset, AssetTag
from inventory.assets.reach import within
from inventory.assets.tag_rules import tag_key
from inventory.errors import InvalidInput
from inventory.labels.design import Arranged, Content, Wanted, arrange
from inventory.labels.printing import MOST_LABELS
from inventory.labels.stock import Stock

_CHUNK = 500


class Line(StrEnum):
    """What can stand under the tag."""

    DISTRICT = "district"
    NAME = "name"
    MODEL = "model"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class Place:
    """What every label of this installation says. `base`: this server's address."""

    district: str
    base: str


def contents(
    db: Session, actor: Actor, tags: Sequence[str], lines: Sequence[Line], place: Place
) -> list[Content]:
    """One label for each tag, in the order given; an old tag leads to the present one.

    Raises `Forbidden`, and `InvalidInput` naming the tags that nobody in reach bears.
    """
    if len(tags) > MOST_LABELS:
        raise InvalidInput("too many", {"tags": [f"at most {MOST_LABELS} labels at once"]})
    keys = [tag_key(tag) for tag in tags]
    found = _by_key(db, actor, list(dict.fromkeys(keys)))
    missing = [tag for tag, key in zip(tags, keys, strict=True) if key not in found]
    if missing:
        told = ", ".join(each[:64] for each in missing[:10])
        raise InvalidInput("not every tag is known", {"tags": [f"no asset bears {told}"]})
    return [_content(found[key], lines, place) for key in keys]


def laid_out(stock: Stock, labels: Sequence[Content], wanted: Wanted) -> list[Arranged]:
    """Each label as it is drawn."""
    return [arrange(stock.width, stock.height, content, wanted) for content in labels]


def example(lines: Sequence[Line], place: Place) -> Content:
    """A label that is about nothing, to look at."""
    told = {
        Line.DISTRICT: place.district, Line.NAME: "LIB-CART-07", Line.MODEL: "Latitude 3140",
        Line.SERIAL: "5CD2882320001",
    }  # fmt: skip
    return Content("ABC-00123", f"{place.base}/a/ABC-00123", tuple(told[line] for line in lines))


@dataclass(frozen=True, slots=True)
class _Row:
    tag: str
    name: str
    serial: str
    model: str


def _by_key(db: Session, actor: Actor, keys: Sequence[str]) -> dict[str, _Row]:
    query = (
        sa.select(
            col(AssetTag.tag_key), col(Asset.tag), col(Asset.name), col(Asset.serial),
            sa.func.coalesce(col(AssetModel.name), ""),
        )
        .join(Asset, col(Asset.id) == col(AssetTag.asset_id))
        .outerjoin(AssetModel, col(AssetModel.id) == col(Asset.model_id))
        .where(*within(actor))
    )  # fmt: skip
    found: dict[str, _Row] = {}
    for start in range(0, len(keys), _CHUNK):
        part = query.where(col(AssetTag.tag_key).in_(keys[start : start + _CHUNK]))
        found |= {row[0]: _Row(*row[1:]) for row in db.execute(part)}
    return found


def _content(row: _Row, lines: Sequence[Line], place: Place) -> Content:
    told = {
        Line.DISTRICT: place.district, Line.NAME: row.name, Line.MODEL: row.model,
        Line.SERIAL: row.serial,
    }  # fmt: skip
    url = f"{place.base}/a/{quote(row.tag, safe='')}" if place.base else ""
    return Content(row.tag, url, tuple(told[line] for line in lines if told[line]))
