"""From the spellings of makers and models to the catalog, and how new ones get into it.

What a technician types or a device reports need not be in the catalog beforehand: it is added as
provisional, and a person confirms it or merges it into the right entry later.
"""

from sqlmodel import Session, col, select

from inventory.assets.catalog_models import AssetModel, Manufacturer, ManufacturerAlias, ModelAlias
from inventory.assets.kinds import Category
from inventory.assets.models import Asset
from inventory.assets.words import entered, maker_key, plain, wrong
from inventory.db import insert_unless_there

MAX_NAME = 120
MAX_MODEL = 200


def manufacturer_named(db: Session, name: str) -> Manufacturer | None:
    """The maker that a spelling means."""
    return db.exec(
        select(Manufacturer)
        .join(ManufacturerAlias, col(ManufacturerAlias.manufacturer_id) == col(Manufacturer.id))
        .where(ManufacturerAlias.key == maker_key(name))
    ).first()


def model_named(db: Session, maker: Manufacturer, name: str) -> AssetModel | None:
    """The model of `maker` that a spelling means, with or without the maker's name in front."""
    return db.exec(
        select(AssetModel)
        .join(ModelAlias, col(ModelAlias.model_id) == col(AssetModel.id))
        .where(
            ModelAlias.manufacturer_id == maker.id,
            ModelAlias.key == plain(without_maker(maker, name))[:300],
        )
    ).first()


def learn_manufacturer(db: Session, name: str) -> Manufacturer:
    """The maker of that name, made provisional where it is new.

    Raises `InvalidInput` for a name without a letter or digit.
    """
    known = manufacturer_named(db, name)
    if known is not None:
        return known
    name = entered(name, "manufacturer", MAX_NAME)
    insert_manufacturer(db, name, provisional=True)
    found = manufacturer_named(db, name)
    assert found is not None
    return found


def learn_model(
    db: Session, maker: Manufacturer, name: str, *, category: Category | None = None
) -> AssetModel:
    """The maker's model of that name, made provisional where it is new. Raises `InvalidInput`."""
    known = model_named(db, maker, name)
    if known is not None:
        return known
    name = without_maker(maker, entered(name, "model", MAX_MODEL))
    insert_model(db, maker, name, category=category, part_number="", provisional=True)
    found = model_named(db, maker, name)
    assert found is not None
    return found


def without_maker(maker: Manufacturer, name: str) -> str:
    """ "HP LaserJet 4" of HP → "LaserJet 4"."""
    words = name.split()
    for count in range(min(len(words) - 1, 4), 0, -1):
        head = " ".join(words[:count])
        if maker_key(head) == maker.key or plain(head) == plain(maker.name):
            return " ".join(words[count:])
    return " ".join(words)


def insert_manufacturer(db: Session, name: str, *, provisional: bool) -> bool:
    key = maker_key(name)
    if not key:
        raise wrong("manufacturer", "must hold a letter or digit")
    values = {"name": name, "key": key, "provisional": provisional, "version": 1}
    if not insert_unless_there(db, Manufacturer, values):
        return False
    made = db.exec(select(Manufacturer).where(Manufacturer.key == key)).one()
    return insert_unless_there(db, ManufacturerAlias, {"key": key, "manufacturer_id": made.id})


def insert_model(
    db: Session,
    maker: Manufacturer,
    name: str,
    *,
    category: Category | None,
    part_number: str,
    provisional: bool,
) -> bool:
    key = plain(name)[:300]
    if not key:
        raise wrong("model", "must hold a letter or digit")
    row = {
        "manufacturer_id": maker.id, "name": name, "key": key, "part_number": part_number,
        "category": category, "provisional": provisional, "version": 1,
    }  # fmt: skip
    if not insert_unless_there(db, AssetModel, row):
        return False
    made = db.exec(
        select(AssetModel).where(AssetModel.manufacturer_id == maker.id, AssetModel.key == key)
    ).one()
    return insert_unless_there(
        db, ModelAlias, {"manufacturer_id": maker.id, "key": key, "model_id": made.id}
    )


def catalogued(
    db: Session, manufacturer: str, model: str, category: Category
) -> tuple[Manufacturer | None, AssetModel | None]:
    """The catalog's entries of those names, learnt where they are new. Raises `InvalidInput`."""
    if not manufacturer:
        if model:
            raise wrong("model", "needs its manufacturer")
        return None, None
    maker = learn_manufacturer(db, manufacturer)
    return maker, learn_model(db, maker, model, category=category) if model else None


def catalog_of(db: Session, asset: Asset) -> tuple[Manufacturer | None, AssetModel | None]:
    """The asset's maker and model."""
    maker = db.get(Manufacturer, asset.manufacturer_id) if asset.manufacturer_id else None
    return maker, db.get(AssetModel, asset.model_id) if asset.model_id else None


def names_of(maker: Manufacturer | None, model: AssetModel | None) -> dict[str, str]:
    """For the audit log: names, because ids say nothing to its reader."""
    return {
        "manufacturer": maker.name if maker else "",
        "model": model.name if model else "",
    }
