"""Verbs on the catalog: which manufacturers and models there are, under which spellings."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.catalog_models import AssetModel, Manufacturer, ManufacturerAlias, ModelAlias
from inventory.assets.kinds import Category
from inventory.assets.naming import (
    MAX_MODEL,
    MAX_NAME,
    insert_manufacturer,
    insert_model,
    manufacturer_named,
    model_named,
    without_maker,
)
from inventory.assets.words import entered, maker_key, plain, wrong
from inventory.audit import service as audit
from inventory.db import insert_unless_there
from inventory.errors import Duplicate, NotFound


def create_manufacturer(db: Session, actor: Actor, name: str, *, now: datetime) -> Manufacturer:
    """Raises `Duplicate` where the name, or another spelling of it, is known."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    name = entered(name, "manufacturer", MAX_NAME)
    known = manufacturer_named(db, name)
    if known is not None or not insert_manufacturer(db, name, provisional=False):
        raise Duplicate(f"{name} is known as {known.name if known else name}")
    made = manufacturer_named(db, name)
    assert made is not None
    _record(db, actor, "manufacturer.created", made, {}, {"name": name}, now)
    return made


def create_model(
    db: Session,
    actor: Actor,
    manufacturer_id: int,
    name: str,
    *,
    category: Category | None = None,
    part_number: str = "",
    now: datetime,
) -> AssetModel:
    """Raises `NotFound` for the maker, `Duplicate` where it has the model already."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    maker = get_manufacturer(db, actor, manufacturer_id)
    name = without_maker(maker, entered(name, "model", MAX_MODEL))
    known = model_named(db, maker, name)
    part_number = entered(part_number, "part_number", 80)
    if known is not None or not insert_model(
        db, maker, name, category=category, part_number=part_number, provisional=False
    ):
        raise Duplicate(f"{maker.name} {name} is known as {known.name if known else name}")
    made = model_named(db, maker, name)
    assert made is not None
    after = {"name": name, "manufacturer": maker.name, "category": category}
    _record(db, actor, "model.created", made, {}, after, now)
    return made


def get_manufacturer(
    db: Session, actor: Actor, manufacturer_id: int, *, lock: bool = False
) -> Manufacturer:
    """Raises `NotFound`. With `lock` the row is as it is now, until the transaction ends."""
    actor.require_anywhere(Permission.ASSET_READ)
    maker = db.get(Manufacturer, manufacturer_id, with_for_update=lock)
    if maker is None:
        raise NotFound(f"there is no manufacturer {manufacturer_id}")
    return maker


def get_model(db: Session, actor: Actor, model_id: int, *, lock: bool = False) -> AssetModel:
    """Raises `NotFound`. With `lock` the row is as it is now, until the transaction ends."""
    actor.require_anywhere(Permission.ASSET_READ)
    model = db.get(AssetModel, model_id, with_for_update=lock)
    if model is None:
        raise NotFound(f"there is no model {model_id}")
    return model


def list_manufacturers(
    db: Session,
    actor: Actor,
    *,
    q: str = "",
    provisional: bool | None = None,
    after: tuple[str, int] | None,
    limit: int,
) -> list[Manufacturer]:
    """By name; `after` is (key, id) of the last one of the page before."""
    actor.require_anywhere(Permission.ASSET_READ)
    query = select(Manufacturer).order_by(col(Manufacturer.key), col(Manufacturer.id)).limit(limit)
    if q:
        query = query.where(col(Manufacturer.key).contains(plain(q), autoescape=True))
    if provisional is not None:
        query = query.where(Manufacturer.provisional == provisional)
    if after is not None:
        query = query.where(sa.tuple_(col(Manufacturer.key), col(Manufacturer.id)) > after)
    return list(db.exec(query).all())


def list_models(
    db: Session,
    actor: Actor,
    *,
    q: str = "",
    manufacturer_id: int | None = None,
    provisional: bool | None = None,
    after: tuple[str, int] | None,
    limit: int,
) -> list[AssetModel]:
    """By name; `after` is (key, id) of the last one of the page before."""
    actor.require_anywhere(Permission.ASSET_READ)
    query = select(AssetModel).order_by(col(AssetModel.key), col(AssetModel.id)).limit(limit)
    if q:
        query = query.where(col(AssetModel.key).contains(plain(q), autoescape=True))
    if manufacturer_id is not None:
        query = query.where(AssetModel.manufacturer_id == manufacturer_id)
    if provisional is not None:
        query = query.where(AssetModel.provisional == provisional)
    if after is not None:
        query = query.where(sa.tuple_(col(AssetModel.key), col(AssetModel.id)) > after)
    return list(db.exec(query).all())


def change_manufacturer(
    db: Session, actor: Actor, manufacturer_id: int, changes: Mapping[str, object], *, now: datetime
) -> Manufacturer:
    """`changes`: name, provisional. The old name stays as a spelling; so does the maker's key."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    maker = get_manufacturer(db, actor, manufacturer_id)
    before = {"name": maker.name, "provisional": maker.provisional}
    if "name" in changes:
        name = entered(changes["name"], "name", MAX_NAME)
        other = manufacturer_named(db, name)
        if other is not None and other.id != maker.id:
            raise Duplicate(f"{name} is known as {other.name}; merge the two instead")
        if not maker_key(name):
            raise wrong("name", "must hold a letter or digit")
        maker.name = name
        insert_unless_there(
            db, ManufacturerAlias, {"key": maker_key(name), "manufacturer_id": maker.id}
        )
    if "provisional" in changes:
        maker.provisional = bool(changes["provisional"])
    maker.version += 1
    db.add(maker)
    after = {"name": maker.name, "provisional": maker.provisional}
    _record(db, actor, "manufacturer.changed", maker, before, after, now)
    return maker


def change_model(
    db: Session, actor: Actor, model_id: int, changes: Mapping[str, object], *, now: datetime
) -> AssetModel:
    """`changes`: name, category, part_number, provisional. The old name stays as a spelling."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    model = get_model(db, actor, model_id)
    shown = ("name", "category", "part_number", "provisional")
    before = {field: getattr(model, field) for field in shown}
    if "name" in changes:
        _rename_model(db, actor, model, entered(changes["name"], "name", MAX_MODEL))
    if "part_number" in changes:
        model.part_number = entered(changes["part_number"], "part_number", 80)
    if "category" in changes:
        given = changes["category"]
        model.category = None if given is None else Category(str(given))
    if "provisional" in changes:
        model.provisional = bool(changes["provisional"])
    model.version += 1
    db.add(model)
    after = {field: getattr(model, field) for field in shown}
    _record(db, actor, "model.changed", model, before, after, now)
    return model


def _rename_model(db: Session, actor: Actor, model: AssetModel, name: str) -> None:
    maker = get_manufacturer(db, actor, model.manufacturer_id)
    name = without_maker(maker, name)
    other = model_named(db, maker, name)
    if other is not None and other.id != model.id:
        raise Duplicate(f"{maker.name} {name} is known as {other.name}; merge the two instead")
    key = plain(name)[:300]
    if not key:
        raise wrong("name", "must hold a letter or digit")
    model.name, model.key = name, key
    alias = {"manufacturer_id": maker.id, "key": key, "model_id": model.id}
    insert_unless_there(db, ModelAlias, alias)


def _record(
    db: Session,
    actor: Actor,
    action: str,
    row: Manufacturer | AssetModel,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: datetime,
) -> None:
    old, new = audit.changed(before, after)
    audit.record(
        db, actor, action, now=now,
        subject_type=action.split(".")[0], subject_id=row.id, before=old, after=new,
    )  # fmt: skip
