"""Two catalog entries that mean the same: one takes over the other's assets and spellings."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.catalog import get_manufacturer, get_model
from inventory.assets.catalog_models import AssetModel, Manufacturer, ManufacturerAlias, ModelAlias
from inventory.assets.identifiers import SERIAL
from inventory.assets.models import Asset, Identifier
from inventory.assets.words import wrong
from inventory.audit import service as audit
from inventory.errors import Conflict


def merge_manufacturers(
    db: Session, actor: Actor, from_id: int, into_id: int, *, now: datetime
) -> Manufacturer:
    """Every model, asset, serial and spelling of one maker becomes the other's.

    Raises `Conflict` where both have an asset with the same serial: one of the two is a duplicate,
    and a person must say which.
    """
    actor.require_everywhere(Permission.CATALOG_WRITE)
    loser = get_manufacturer(db, actor, from_id)
    winner = get_manufacturer(db, actor, into_id)
    if loser.id == winner.id:
        raise wrong("into", "must be another manufacturer")
    _move_serials(db, loser, winner)
    for model in db.exec(select(AssetModel).where(AssetModel.manufacturer_id == loser.id)).all():
        _move_model(db, model, winner, now)
    moved = _rewrite(db, Asset.manufacturer_id, loser.id, winner.id, now)
    db.execute(
        sa.update(ManufacturerAlias)
        .where(col(ManufacturerAlias.manufacturer_id) == loser.id)
        .values(manufacturer_id=winner.id)
    )
    db.flush()
    db.execute(sa.delete(Manufacturer).where(col(Manufacturer.id) == loser.id))
    winner.version += 1
    db.add(winner)
    _record(db, actor, "manufacturer.merged", winner.id, loser.name, winner.name, moved, now)
    return winner


def merge_models(
    db: Session, actor: Actor, from_id: int, into_id: int, *, now: datetime
) -> AssetModel:
    """Every asset and spelling of one model becomes the other's, of the same manufacturer."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    loser, winner = get_model(db, actor, from_id), get_model(db, actor, into_id)
    if loser.id == winner.id:
        raise wrong("into", "must be another model")
    if loser.manufacturer_id != winner.manufacturer_id:
        raise wrong("into", "must be a model of the same manufacturer")
    moved = _absorb(db, loser, winner, now)
    winner.version += 1
    db.add(winner)
    _record(db, actor, "model.merged", winner.id, loser.name, winner.name, moved, now)
    return winner


def _move_serials(db: Session, loser: Manufacturer, winner: Manufacturer) -> None:
    ours = sa.select(col(Identifier.value)).where(
        col(Identifier.kind) == SERIAL, col(Identifier.namespace) == winner.key
    )
    of_loser = (col(Identifier.kind) == SERIAL, col(Identifier.namespace) == loser.key)
    clash = db.execute(
        sa.select(col(Identifier.value)).where(*of_loser, col(Identifier.value).in_(ours)).limit(1)
    ).scalar()
    if clash is not None:
        raise Conflict(f"both {loser.name} and {winner.name} have an asset with serial {clash}")
    db.execute(sa.update(Identifier).where(*of_loser).values(namespace=winner.key))


def _move_model(db: Session, model: AssetModel, winner: Manufacturer, now: datetime) -> None:
    twin = db.exec(
        select(AssetModel)
        .join(ModelAlias, col(ModelAlias.model_id) == col(AssetModel.id))
        .where(ModelAlias.manufacturer_id == winner.id, ModelAlias.key == model.key)
    ).first()
    if twin is not None:
        _absorb(db, model, twin, now)
        return
    for alias in db.exec(select(ModelAlias).where(ModelAlias.model_id == model.id)).all():
        db.delete(alias)
        if db.get(ModelAlias, (winner.id, alias.key)) is None:
            db.add(ModelAlias(manufacturer_id=winner.id, key=alias.key, model_id=model.id))
    model.manufacturer_id = winner.id
    model.version += 1
    db.add(model)
    db.flush()


def _absorb(db: Session, loser: AssetModel, winner: AssetModel, now: datetime) -> int:
    moved = _rewrite(db, Asset.model_id, loser.id, winner.id, now)
    for alias in db.exec(select(ModelAlias).where(ModelAlias.model_id == loser.id)).all():
        db.delete(alias)
        db.flush()
        if db.get(ModelAlias, (winner.manufacturer_id, alias.key)) is None:
            key, maker_id = alias.key, winner.manufacturer_id
            db.add(ModelAlias(manufacturer_id=maker_id, key=key, model_id=winner.id))
    db.flush()
    db.execute(sa.delete(AssetModel).where(col(AssetModel.id) == loser.id))
    return moved


def _rewrite(db: Session, column: object, old: int, new: int, now: datetime) -> int:
    """Point the assets elsewhere; their version moves, so that nobody overwrites unseen."""
    field = col(column)
    done = db.execute(
        sa.update(Asset)
        .where(field == old)
        .values(
            {field: new, col(Asset.version): col(Asset.version) + 1, col(Asset.updated_at): now}
        )
    )
    db.expire_all()
    return int(getattr(done, "rowcount", 0))


def _record(
    db: Session,
    actor: Actor,
    action: str,
    winner_id: int,
    loser: str,
    winner: str,
    moved: int,
    now: datetime,
) -> None:
    audit.record(
        db, actor, action, now=now, subject_type=action.split(".")[0], subject_id=winner_id,
        before={"name": loser}, after={"name": winner, "assets": moved},
    )  # fmt: skip
