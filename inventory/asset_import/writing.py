"""Many assets made or changed in a few statements, by the rules of the verbs on one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, col

from inventory.asset_import.present import ASSET, FIELDS
from inventory.assets import claims, search_doc, tags
from inventory.assets.catalog_models import AssetModel, Manufacturer
from inventory.assets.identifiers import SERIAL, Key
from inventory.assets.kinds import Category, Source, Status
from inventory.assets.models import Asset, AssetSearch, AssetTag, Identifier
from inventory.assets.naming import catalogued
from inventory.assets.tag_rules import digits_of, tag_key
from inventory.db import insert_many, new_uid

_TAG = cast(sa.Table, sa.inspect(AssetTag).local_table)
_DAYS = ("purchase_date", "warranty_until")
_WRITTEN = (*FIELDS, "tag_key", "manufacturer_id", "model_id", "custom", "observed_fields",
            "version", "updated_at")  # fmt: skip
_BLANK: Mapping[str, Any] = {
    "name": "", "serial": "", "firmware": "", "description": "", "purchase_date": None,
    "cost_cents": None, "order_number": "", "supplier": "", "warranty_until": None,
    "funding_source": "", "federal_funds": False, "grant_number": "", "custom": {},
    "observed_fields": {}, "site_id": None, "last_seen_at": None, "last_seen_source": None,
    "last_seen_address": "",
}  # fmt: skip

Entry = tuple[Manufacturer | None, AssetModel | None]


class Catalog:
    """Makers and models by their names, each looked up or made once; places that were made."""

    def __init__(self, db: Session, made: Mapping[str, int]) -> None:
        self._db = db
        self._known: dict[tuple[str, str], Entry] = {}
        self._names: dict[int, str] = {}
        self._made = made

    def of(self, maker: str, model: str, category: Category) -> Entry:
        """The entries of these names; unknown ones are made provisional."""
        if (maker, model) not in self._known:
            self._known[maker, model] = catalogued(self._db, maker, model, category)
        return self._known[maker, model]

    def site(self, values: Mapping[str, Any]) -> int | None:
        """Of a row's values, where `new_site` may name a place that is made by the import."""
        new: str | None = values.get("new_site")
        return self._made[new] if new is not None else values.get("site_id")

    def names(self, asset: Mapping[str, Any]) -> dict[str, str]:
        """The maker's and the model's names of a recorded asset."""
        maker = self._db.get(Manufacturer, asset["manufacturer_id"] or 0)
        model = self._db.get(AssetModel, asset["model_id"] or 0)
        return {"manufacturer": maker.name if maker else "", "model": model.name if model else ""}


def make(
    db: Session, catalog: Catalog, rows: Sequence[Mapping[str, Any]], prefix: str, *, now: datetime
) -> list[Asset]:
    """An asset of each row's values, in order; not in the session, not audited.

    Raises `Duplicate` where a tag or an identifier is taken.
    """
    bare = sum("tag" not in values for values in rows)
    numbers = iter(tags.allocate_many(db, bare, prefix or None)) if bare else iter(())
    made: list[dict[str, Any]] = []
    for values in rows:
        maker, model = catalog.of(
            values.get("manufacturer", ""), values.get("model", ""), Category(values["category"])
        )
        tag = values.get("tag") or next(numbers)
        made.append(
            {**_BLANK, **_columns(values), "uid": new_uid(), "tag": tag, "tag_key": tag_key(tag),
             "manufacturer_id": maker.id if maker else None,
             "model_id": model.id if model else None, "site_id": catalog.site(values),
             "created_at": now, "updated_at": now, "version": 1}
        )  # fmt: skip
    insert_many(db, Asset, made)
    uids = [one["uid"] for one in made]
    found = sa.select(ASSET.c.uid, ASSET.c.id).where(ASSET.c.uid.in_(uids))
    ids = {row.uid: row.id for row in db.connection().execute(found)}
    assets = [Asset(**one, id=ids[one["uid"]]) for one in made]
    _write_parts(db, assets, [keys_of(values) for values in rows], now)
    return assets


def keys_of(values: Mapping[str, Any]) -> list[Key]:
    """The identifiers of a row's values."""
    return [Key(*key) for key in values.get("identifiers", ())]


def _write_parts(
    db: Session, assets: Sequence[Asset], keys: Sequence[Sequence[Key]], now: datetime
) -> None:
    insert_many(db, AssetTag, [_tag_row(asset.id, asset.tag, now) for asset in assets])
    insert_many(
        db, Identifier,
        [_key_row(a.id, key, now) for a, own in zip(assets, keys, strict=True) for key in own],
    )  # fmt: skip
    insert_many(
        db, AssetSearch,
        [
            {"asset_id": a.id, "doc": search_doc.doc_of(a, (), [(k.kind, k.value) for k in own])}
            for a, own in zip(assets, keys, strict=True)
        ],
    )  # fmt: skip


def change(
    db: Session, catalog: Catalog, present: Mapping[int, Mapping[str, Any]],
    rows: Sequence[tuple[int, Mapping[str, Any]]], *, now: datetime,
) -> None:  # fmt: skip
    """Lay each row's values over its (locked) asset: a new version, not audited.

    Raises `Duplicate` where a tag or an identifier is taken.
    """
    updates = [_updated(catalog, present[id_], values, now) for id_, values in rows]
    if not updates:
        return
    statement = (
        sa.update(ASSET)
        .where(ASSET.c.id == sa.bindparam("on_id"))
        .values({name: sa.bindparam(f"to_{name}") for name in _WRITTEN})
    )
    db.connection().execute(
        statement,
        [{"on_id": one["id"], **{f"to_{name}": one[name] for name in _WRITTEN}}
         for one in updates],
    )  # fmt: skip
    _bear(db, [(id_, values["tag"]) for id_, values in rows if "tag" in values], now)
    _identify(db, updates, rows, now)
    words = search_doc.WORDS | {"identifiers"}
    search_doc.refresh(db, [id_ for id_, values in rows if words & values.keys()])


def _updated(
    catalog: Catalog, asset: Mapping[str, Any], values: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    after = {**asset, **_columns(values), "version": asset["version"] + 1, "updated_at": now}
    if {"site_id", "new_site"} & values.keys():
        after["site_id"] = catalog.site(values)
    if "tag" in values:
        after["tag_key"] = tag_key(values["tag"])
    if {"manufacturer", "model"} & values.keys():
        names = catalog.names(asset) | {
            name: values[name] for name in ("manufacturer", "model") if name in values
        }
        maker, model = catalog.of(names["manufacturer"], names["model"], after["category"])
        after["manufacturer_id"] = maker.id if maker else None
        after["model_id"] = model.id if model else None
    kept: Mapping[str, str] = asset["observed_fields"]
    after["observed_fields"] = {k: v for k, v in kept.items() if k not in values}
    return after


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of JSON as those of the table; maker, model, place and identifiers are not columns."""
    found = {name: values[name] for name in (*FIELDS, "custom") if name in values}
    for name in _DAYS:
        if found.get(name):
            found[name] = date.fromisoformat(found[name])
    if "category" in found:
        found["category"] = Category(found["category"])
    if "status" in found:
        found["status"] = Status(found["status"])
    return found


def _bear(db: Session, given: Sequence[tuple[int, str]], now: datetime) -> None:
    """Write down the new tags of assets; what they bore before becomes an alias."""
    if not given:
        return
    ids = [id_ for id_, _ in given]
    db.connection().execute(
        sa.update(_TAG).where(_TAG.c.asset_id.in_(ids), _TAG.c.current).values(current=False)
    )
    keys = {tag_key(tag): (id_, tag) for id_, tag in given}
    own = sa.select(_TAG.c.tag_key, _TAG.c.asset_id).where(_TAG.c.tag_key.in_(keys))
    known = {key for key, asset_id in db.connection().execute(own) if keys[key][0] == asset_id}
    for key in known:
        again = sa.update(_TAG).where(_TAG.c.tag_key == key)
        db.connection().execute(again.values(current=True, tag=keys[key][1]))
    fresh = [keys[key] for key in keys if key not in known]
    insert_many(db, AssetTag, [_tag_row(id_, tag, now) for id_, tag in fresh])


def _identify(
    db: Session, updates: Sequence[Mapping[str, Any]],
    rows: Sequence[tuple[int, Mapping[str, Any]]], now: datetime,
) -> None:  # fmt: skip
    """The serial's identifier follows serial and maker; the others are added."""
    keys: list[tuple[int, Key]] = []
    gone: list[int] = []
    for after, (id_, values) in zip(updates, rows, strict=True):
        keys += [(id_, key) for key in keys_of(values)]
        if {"serial", "manufacturer"} & values.keys():
            gone.append(id_)
            maker = db.get(Manufacturer, after["manufacturer_id"] or 0)
            keys += [(id_, key) for key in claims.serial_keys(after["serial"], maker)]
    if gone:
        db.execute(
            sa.delete(Identifier).where(
                col(Identifier.asset_id).in_(gone), col(Identifier.kind) == SERIAL
            )
        )
    insert_many(db, Identifier, [_key_row(id_, key, now) for id_, key in keys])


def unidentify(db: Session, keys: Sequence[tuple[int, Key]]) -> None:
    """Take identifiers away that an import had added."""
    for id_, key in keys:
        db.execute(
            sa.delete(Identifier).where(
                col(Identifier.asset_id) == id_, col(Identifier.kind) == key.kind,
                col(Identifier.value) == key.value,
            )
        )  # fmt: skip


def _tag_row(asset_id: int, tag: str, now: datetime) -> dict[str, Any]:
    return {
        "tag_key": tag_key(tag), "tag": tag, "asset_id": asset_id, "digits": digits_of(tag),
        "current": True, "since": now,
    }  # fmt: skip


def _key_row(asset_id: int, key: Key, now: datetime) -> dict[str, Any]:
    return {
        "asset_id": asset_id, "kind": key.kind, "namespace": key.namespace, "value": key.value,
        "source": Source.PERSON, "added_at": now,
    }  # fmt: skip
