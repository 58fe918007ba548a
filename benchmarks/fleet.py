"""A made-up fleet of any size, written with bulk inserts: the ground of the benchmarks.

    from benchmarks.fleet import make_fleet
    make_fleet(database, 100_000)

The database must be migrated. The same count gives the same fleet. Nothing goes through the
services, so there is no audit event; everything else is as they would have written it.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel, col, select

from inventory.assets.catalog_models import AssetModel, Manufacturer, ManufacturerAlias, ModelAlias
from inventory.assets.identifiers import colons
from inventory.assets.kinds import Category, Source, Status
from inventory.assets.models import Asset, AssetSearch, AssetTag, Identifier, TagCounter
from inventory.assets.tag_rules import digits_of, tag_key
from inventory.assets.words import fold, maker_key, plain
from inventory.db import Database, new_uid
from inventory.sites.models import Site, SiteKind

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
CHUNK = 5000
SCHOOLS = ("Adams", "Lincoln", "Jefferson", "Franklin", "Douglass", "Tubman", "Carver", "Parks")
MODELS = (
    ("Lenovo", "100e Chromebook Gen 4", Category.CHROMEBOOK, 40),
    ("HP", "Chromebook 11 G9 EE", Category.CHROMEBOOK, 20),
    ("Apple", "iPad 10.9", Category.TABLET, 15),
    ("Dell", "Latitude 3340", Category.LAPTOP, 10),
    ("Apple", "MacBook Air 13 M3", Category.LAPTOP, 4),
    ("HP", "LaserJet Pro M404dn", Category.PRINTER, 3),
    ("Epson", "PowerLite L260F", Category.PROJECTOR, 3),
    ("Cisco", "IP Phone 8841", Category.TELEPHONE, 3),
    ("Aruba", "AP-515", Category.WIRELESS, 1),
    ("Kyocera", "ECOSYS M3655idn", Category.MULTIFUNCTION, 1),
)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def make_fleet(database: Database, count: int, *, seed: int = 1) -> list[int]:
    """Write `count` assets with tags, serials, MACs, places and search documents; their ids."""
    rng = random.Random(seed)
    with database.unit() as db:
        connection = db.connection()
        rooms = _sites(connection)
        models = _catalog(connection)
        definition = _drop_search_index(connection)
        last = db.exec(select(sa.func.max(Asset.id))).one() or 0
        tables: dict[type[SQLModel], list[dict[str, Any]]]
        for start in range(0, count, CHUNK):
            tables = {Asset: [], AssetTag: [], Identifier: [], AssetSearch: []}
            for n in range(start, min(start + CHUNK, count)):
                for table, row in _asset(rng, last + n + 1, n, rooms, models):
                    tables[table].append(row)
            for table, rows in tables.items():
                connection.execute(sa.insert(table), rows)
        _index_search(connection, definition)
        if not database.is_sqlite:
            top = sa.select(sa.func.max(col(Asset.id))).scalar_subquery()
            connection.execute(sa.select(sa.func.setval("asset_id_seq", top)))
        counter = {"prefix": "HR-", "prefix_key": "hr-", "width": 6, "is_default": True}
        connection.execute(sa.insert(TagCounter), [{**counter, "next_number": count + 1}])
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return list(range(last + 1, last + count + 1))


def _drop_search_index(connection: sa.Connection) -> str:
    """Take away what indexes each row by itself; how it was defined."""
    if connection.dialect.name == "sqlite":
        name, asked = "TRIGGER asset_search_inserted", "SELECT sql FROM sqlite_master WHERE name = "
        asked += "'asset_search_inserted'"
    else:
        name = "INDEX ix_asset_search_trigrams"
        asked = "SELECT pg_get_indexdef('ix_asset_search_trigrams'::regclass)"
    definition = str(connection.exec_driver_sql(asked).scalar())
    connection.exec_driver_sql(f"DROP {name}")
    return definition


def _index_search(connection: sa.Connection, definition: str) -> None:
    """Index everything in one go, and define it as it was."""
    connection.exec_driver_sql(definition)
    if connection.dialect.name == "sqlite":
        rebuild = "INSERT INTO asset_search_fts(asset_search_fts) VALUES ('rebuild')"
        connection.exec_driver_sql(rebuild)


def _sites(connection: sa.Connection) -> list[int]:
    """A district of eight schools with forty rooms each; the rooms' ids."""

    def add(kind: SiteKind, name: str, parent: int | None) -> int:
        row = {"uid": new_uid(), "kind": kind, "name": name, "parent_id": parent, "version": 1}
        return int(connection.execute(sa.insert(Site).values(**row)).inserted_primary_key[0])

    found = connection.execute(sa.select(col(Site.id)).where(col(Site.kind) == SiteKind.DISTRICT))
    district = found.scalar() or add(SiteKind.DISTRICT, "Maple County Schools", None)
    rooms = []
    for school in SCHOOLS:
        parent = add(SiteKind.SCHOOL, f"{school} School", district)
        rooms += [add(SiteKind.ROOM, f"Room {n}", parent) for n in range(101, 141)]
    return rooms


def _catalog(connection: sa.Connection) -> list[tuple[int, int, str, str, Category, int]]:
    made = []
    makers: dict[str, int] = {}
    for maker, model, category, weight in MODELS:
        key = maker_key(maker)
        if maker not in makers:
            row = {"name": maker, "key": key, "provisional": False, "version": 1}
            makers[maker] = connection.execute(
                sa.insert(Manufacturer).values(**row)
            ).inserted_primary_key[0]
            alias = {"key": key, "manufacturer_id": makers[maker]}
            connection.execute(sa.insert(ManufacturerAlias).values(**alias))
        row = {
            "manufacturer_id": makers[maker], "name": model, "key": plain(model),
            "category": category, "part_number": "", "provisional": False, "version": 1,
        }  # fmt: skip
        id_ = connection.execute(sa.insert(AssetModel).values(**row)).inserted_primary_key[0]
        alias = {"manufacturer_id": makers[maker], "key": plain(model), "model_id": id_}
        connection.execute(sa.insert(ModelAlias).values(**alias))
        made.append((makers[maker], id_, key, model, category, weight))
    return made


def _asset(
    rng: random.Random,
    id_: int,
    number: int,
    rooms: list[int],
    models: list[tuple[int, int, str, str, Category, int]],
) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    maker_id, model_id, key, model, category, _ = rng.choices(models, [m[5] for m in models])[0]
    tag = f"HR-{number + 1:06d}"
    serial = "".join(rng.choices(_LETTERS, k=10))
    mac = f"{rng.choice(('001b78', '00237d', '3c2af4', 'a4bb6d'))}{number:06x}"
    name = f"{model.split()[0].lower()}-{rng.randrange(10**6):06d}"
    seen = rng.random() < 0.8
    at = NOW - timedelta(minutes=rng.randrange(60 * 24 * 200))
    address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    yield Asset, {
        "id": id_, "uid": new_uid(), "tag": tag, "tag_key": tag_key(tag), "category": category,
        "status": rng.choices(list(Status)[:5], (1, 20, 70, 8, 1))[0], "manufacturer_id": maker_id,
        "model_id": model_id, "site_id": rng.choice(rooms), "name": name, "serial": serial,
        "firmware": "", "description": "", "order_number": f"PO-{2015 + number % 10}-{number % 97}",
        "supplier": "", "funding_source": rng.choice(("General", "Title I", "E-Rate", "Bond 2024")),
        "federal_funds": False, "grant_number": "", "custom": {}, "observed_fields": {},
        "created_at": at, "updated_at": at, "last_seen_at": at if seen else None,
        "last_seen_source": Source.SWEEP if seen else None,
        "last_seen_address": address if seen else "",
        "version": 1,
    }  # fmt: skip
    yield AssetTag, {
        "tag_key": tag_key(tag), "tag": tag, "asset_id": id_, "digits": digits_of(tag),
        "current": True, "since": at,
    }  # fmt: skip
    for kind, namespace, value in (("serial", key, serial), ("mac", "", mac)):
        yield Identifier, {
            "asset_id": id_, "kind": kind, "namespace": namespace, "value": value,
            "source": Source.SWEEP, "added_at": at,
        }  # fmt: skip
    doc = [tag, serial, name, f"PO-{2015 + number % 10}-{number % 97}", mac, colons(mac)]
    yield AssetSearch, {"asset_id": id_, "doc": "\n".join(map(fold, doc))}
