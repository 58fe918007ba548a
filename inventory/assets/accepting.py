"""Many new assets of one report, by the rules of `service.create` and in a few statements.

A vendor's first list holds every device of the district: made one by one, each costs sixteen
statements. Each asset still has its own tag, its own identifiers and its own audit event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import claims, fields, policy, search_doc, tags
from inventory.assets.catalog_models import AssetModel, Manufacturer
from inventory.assets.deciding import draft_of
from inventory.assets.identifiers import SERIAL, Key
from inventory.assets.kinds import Category, Outcome, Status
from inventory.assets.matching import Match
from inventory.assets.models import Asset, AssetSearch, AssetTag, Identifier
from inventory.assets.naming import catalogued, names_of
from inventory.assets.observation import Observation
from inventory.assets.reach import require_site
from inventory.assets.service import AssetDraft, observed_fields
from inventory.assets.sightings import sight_first
from inventory.assets.tag_rules import digits_of, tag_key
from inventory.audit import service as audit
from inventory.db import insert_many, new_uid
from inventory.errors import Duplicate

_CHECKED = ("category", "name", "serial", "firmware")
Entry = tuple[Manufacturer | None, AssetModel | None]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A (tidied) observation that nothing is known of, and its strong identifiers."""

    seen: Observation
    keys: tuple[Key, ...]


def accept_many(
    db: Session,
    actor: Actor,
    newcomers: Sequence[Newcomer],
    *,
    prefix: str | None = None,
    status: Status = Status.DEPLOYED,
    site_id: int | None = None,
    now: datetime,
) -> list[Asset]:
    """An asset of each, in order, with its sighting; as `deciding.accept_new` for one, where
    `site_id` overrules the observed places.

    Raises `Duplicate` where two of them share an identifier or somebody has it, `Forbidden`,
    `InvalidInput`. All of them or none.
    """
    if not newcomers:
        return []
    policy.require_initial(status)
    for place in {one.seen.site_id for one in newcomers} if site_id is None else {site_id}:
        actor.require(Permission.ASSET_WRITE, place)
        require_site(db, place)
    _require_free(db, newcomers)
    entries = _Catalog(db)
    numbers = tags.allocate_many(db, len(newcomers), prefix)
    made: list[Asset] = []
    for one, tag in zip(newcomers, numbers, strict=True):
        draft = draft_of(one.seen, status=status, site_id=site_id)
        made.append(_asset(draft, tag, entries.of(draft), one.seen, now))
    db.add_all(made)
    db.flush()
    _write_parts(db, newcomers, made, entries, now)
    _record(db, actor, newcomers, made, entries, now)
    sight_first(
        db,
        [
            (one.seen, Match(Outcome.MATCHED, (row.id,), (f"accepted as {row.tag}",), one.keys))
            for one, row in zip(newcomers, made, strict=True)
        ],
    )
    db.flush()
    return made


class _Catalog:
    """Makers and models of a batch, each looked up once."""

    def __init__(self, db: Session) -> None:
        self._db = db
        self._known: dict[tuple[str, str, Category], Entry] = {}
        self._by_ids: dict[tuple[int | None, int | None], Entry] = {(None, None): (None, None)}

    def of(self, draft: AssetDraft) -> Entry:
        wanted = draft.manufacturer, draft.model, draft.category
        if wanted not in self._known:
            entry = catalogued(self._db, *wanted)
            self._known[wanted] = entry
            self._by_ids[_ids(entry)] = entry
        return self._known[wanted]

    def entry(self, asset: Asset) -> Entry:
        return self._by_ids[asset.manufacturer_id, asset.model_id]


def _ids(entry: Entry) -> tuple[int | None, int | None]:
    maker, model = entry
    return maker.id if maker else None, model.id if model else None


def _require_free(db: Session, newcomers: Sequence[Newcomer]) -> None:
    taken: dict[tuple[str, str], set[str]] = {}
    for one in newcomers:
        for key in one.keys:
            spaces = taken.setdefault((key.kind, key.value), set())
            # A serial whose maker is not known may be anybody's: see `claims.holders`.
            if key.namespace in spaces or (spaces and "" in {key.namespace, *spaces}):
                raise Duplicate(f"two of them have {key.spoken()}")
        for key in one.keys:
            taken[key.kind, key.value].add(key.namespace)
    for key, rows in claims.holders(db, (key for one in newcomers for key in one.keys)).items():
        if rows:
            raise Duplicate(f"{key.spoken()} belongs to another asset")


def _asset(draft: AssetDraft, tag: str, entry: Entry, seen: Observation, now: datetime) -> Asset:
    maker_id, model_id = _ids(entry)
    return Asset(
        uid=new_uid(), tag=tag, tag_key=tag_key(tag), status=draft.status, site_id=draft.site_id,
        manufacturer_id=maker_id, model_id=model_id, custom={},
        observed_fields=observed_fields(draft), created_at=now, updated_at=now,
        last_seen_at=seen.at, last_seen_source=seen.source, last_seen_address=seen.address,
        **fields.checked({name: getattr(draft, name) for name in _CHECKED}),
    )  # fmt: skip


def keys_of(one: Newcomer, maker: Manufacturer | None) -> list[Key]:
    """Its identifiers, the serial within its maker as the catalog knows it."""
    others = [key for key in one.keys if key.kind != SERIAL]
    return [*claims.serial_keys(one.seen.serial, maker), *others][: claims.MAX_PER_ASSET]


def _write_parts(
    db: Session,
    newcomers: Sequence[Newcomer],
    made: Sequence[Asset],
    entries: _Catalog,
    now: datetime,
) -> None:
    """Tags, identifiers and search documents."""
    tag_rows, key_rows, doc_rows = [], [], []
    for one, asset in zip(newcomers, made, strict=True):
        keys = keys_of(one, entries.entry(asset)[0])
        tag_rows.append(
            {"tag_key": asset.tag_key, "tag": asset.tag, "asset_id": asset.id,
             "digits": digits_of(asset.tag), "current": True, "since": now}
        )  # fmt: skip
        key_rows += [
            {"asset_id": asset.id, "kind": key.kind, "namespace": key.namespace,
             "value": key.value, "source": one.seen.source, "added_at": now}
            for key in keys
        ]  # fmt: skip
        doc = search_doc.doc_of(asset, (), [(key.kind, key.value) for key in keys])
        doc_rows.append({"asset_id": asset.id, "doc": doc})
    insert_many(db, AssetTag, tag_rows)
    insert_many(db, Identifier, key_rows)
    insert_many(db, AssetSearch, doc_rows)


def _record(
    db: Session,
    actor: Actor,
    newcomers: Sequence[Newcomer],
    made: Iterable[Asset],
    entries: _Catalog,
    now: datetime,
) -> None:
    events = []
    for one, asset in zip(newcomers, made, strict=True):
        maker, model = entries.entry(asset)
        after = fields.snapshot(asset, names_of(maker, model)) | {
            "identifiers": [key.spoken() for key in keys_of(one, maker)]
        }
        told = {name: value for name, value in after.items() if value}
        events.append(audit.Entry(asset.id, asset.site_id, after=told))
    audit.record_many(db, actor, "asset.created", events, now=now, subject_type="asset")
