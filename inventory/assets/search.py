"""Finding assets by any part of what is known of them.

An exact tag, former tag or identifier is probed first. Otherwise every word must occur: in the
asset's own document (a trigram index: FTS5 on SQLite, GIN over `homeroom_trigrams` on PostgreSQL),
or in the name of its maker, its model, or a place that contains it. Words of one or two characters
are too short for trigrams: they match the beginning or the end of a tag, or a whole word of a name;
beside a longer word also a whole word of the document.
"""

import unicodedata
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inventory.assets.catalog_models import AssetModel, Manufacturer
from inventory.assets.identifiers import probes
from inventory.assets.models import Asset, AssetSearch, AssetTag, Identifier
from inventory.assets.tag_rules import clean_tag, tag_key
from inventory.assets.words import fold, maker_key, plain
from inventory.errors import InvalidInput
from inventory.sites.models import Site

MANY = 10_000
"""A word in more assets than this is common: looking at assets in order finds it sooner."""
MAX_QUERY = 200
MAX_WORDS = 8
_TRIGRAM = 3
_MAX_EXACT = 20
Clause = sa.ColumnElement[bool]


def words_of(text: str) -> list[str]:
    """The folded words of a query. Raises `InvalidInput` for one that is too long."""
    if len(text) > MAX_QUERY:
        raise InvalidInput("too long", {"q": [f"must not be longer than {MAX_QUERY} characters"]})
    kept = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    words = list(dict.fromkeys(fold(kept).split()))
    if len(words) > MAX_WORDS:
        raise InvalidInput("too many words", {"q": [f"must not hold more than {MAX_WORDS} words"]})
    return words


def exact(db: Session, text: str) -> list[int]:
    """Ids of assets whose tag, former tag or identifier is this text in any notation."""
    keys: list[str] = []
    try:
        keys = [tag_key(clean_tag(text))]
    except InvalidInput:
        return []
    by_tag = select(AssetTag.asset_id).where(col(AssetTag.tag_key).in_(keys))
    by_value = select(Identifier.asset_id).where(col(Identifier.value).in_(probes(text)))
    found = db.execute(sa.union(by_tag, by_value).limit(_MAX_EXACT)).scalars()
    return sorted(found)


def matching(db: Session, words: list[str]) -> list[Clause]:
    """WHERE clauses over `Asset` that hold where every word occurs.

    The rarest word leads: its assets come from the indexes, the other words are checked on them.
    Where even the rarest is in very many assets, no index helps: every word is a check, and a list
    in order of an index soon has its page full.

    Worked out once in a unit of work: a page asks for its rows and for its facets.
    """
    known: dict[tuple[str, ...], list[Clause]] = db.info.setdefault("words_looked_for", {})
    key = tuple(words)
    if key not in known:
        known[key] = _planned(db, words)
    return known[key]


def _planned(db: Session, words: list[str]) -> list[Clause]:
    plans = sorted((_plan(db, word) for word in words), key=lambda plan: plan.size)
    if not plans or plans[0].size > MANY:
        return [plan.check() for plan in plans]
    return [plans[0].lead(), *(plan.check() for plan in plans[1:])]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one word is looked for.

    document  a query for the ids of assets in whose document (or, for a short word, tag) it is
    holds     the same as a condition on one asset
    names     column of `Asset` → ids of makers, models or places that the word names
    size      how many assets that may be; beyond `MANY` not counted further
    short     too short for the document's index
    """

    document: Any
    in_document: int
    holds: Clause
    names: list[tuple[Any, list[int]]]
    size: int
    short: bool

    def lead(self) -> Clause:
        ids = [self.document]
        ids += [sa.select(col(Asset.id)).where(column.in_(named)) for column, named in self.names]
        return col(Asset.id).in_(ids[0] if len(ids) == 1 else sa.union_all(*ids))

    def check(self) -> Clause:
        # "+ 0" keeps the databases from using these columns' indexes: this is no way in.
        tests = [(column + 0).in_(named) for column, named in self.names]
        if self.in_document > MANY or (self.short and self.in_document):
            tests.append(self.holds)
        elif self.in_document:
            tests.append((col(Asset.id) + 0).in_(self.document))
        return sa.or_(*tests) if tests else sa.false()


def _plan(db: Session, word: str) -> _Plan:
    document = _in_document(db, word)
    names = _named(db, word)
    size = sum(_at_most(db, sa.select(col(Asset.id)).where(c.in_(ids))) for c, ids in names)
    short = len(word) < _TRIGRAM
    if not short:
        in_document = _at_most(db, document)
    else:
        # There is no index to count a short word by, and looking twice costs twice.
        # One that names very many assets is taken for that name alone.
        in_document = max(0, MANY - size)
    return _Plan(document, in_document, _holds(db, word), names, size + in_document, short)


def _at_most(db: Session, ids: Any) -> int:
    counted = sa.select(sa.func.count()).select_from(ids.limit(MANY + 1).subquery())
    return db.execute(counted).scalar() or 0


def _holds(db: Session, word: str) -> Clause:
    """The word's condition on one asset, as scalar subqueries: those are not computed for all."""
    doc = sa.select(col(AssetSearch.doc)).where(col(AssetSearch.asset_id) == col(Asset.id))
    if len(word) >= _TRIGRAM:
        return doc.scalar_subquery().like(f"%{escaped(word)}%", escape="\\")
    tagged = sa.exists().where(col(AssetTag.asset_id) == col(Asset.id), _at_an_end(db, word))
    whole = " " + sa.func.replace(doc.scalar_subquery(), "\n", " ") + " "
    return tagged | whole.like(f"% {escaped(word)} %", escape="\\")


def _at_an_end(db: Session, word: str) -> Clause:
    key, size = col(AssetTag.tag_key), len(word)
    sqlite = db.get_bind().dialect.name == "sqlite"
    end = sa.func.substr(key, -size) if sqlite else sa.func.right(key, size)
    return (sa.func.substr(key, 1, size) == word) | (end == word)


def _in_document(db: Session, word: str) -> Any:
    if len(word) < _TRIGRAM:
        return sa.select(col(AssetTag.asset_id)).where(_at_an_end(db, word))
    if db.get_bind().dialect.name == "sqlite":
        fts = sa.table("asset_search_fts", sa.column("rowid", sa.Integer))
        # A quoted phrase is a plain substring for the trigram tokenizer; no operator survives it.
        phrase = '"' + word.replace('"', '""') + '"'
        return sa.select(fts.c.rowid).where(sa.literal_column(fts.name).op("MATCH")(phrase))
    grams = sa.func.homeroom_trigrams(col(AssetSearch.doc))
    wanted = sa.func.homeroom_trigrams(word)
    return sa.select(col(AssetSearch.asset_id)).where(
        grams.op("@>")(wanted), col(AssetSearch.doc).like(f"%{escaped(word)}%", escape="\\")
    )


def _named(db: Session, word: str) -> list[tuple[Any, list[int]]]:
    """Ids of makers, models and places (with all that lies in them) that the word names."""
    text = plain(word)
    if not text:
        return []
    makers = sa.select(sa.literal("maker"), col(Manufacturer.id)).where(
        _fits(col(Manufacturer.key), text) | (col(Manufacturer.key) == maker_key(word))
    )
    models = sa.select(sa.literal("model"), col(AssetModel.id)).where(
        _fits(col(AssetModel.key), text)
    )
    below = sa.select(col(Site.id).label("id")).where(_site_fits(word)).cte(recursive=True)
    below = below.union(sa.select(col(Site.id)).where(col(Site.parent_id) == below.c.id))
    sites = sa.select(sa.literal("site"), below.c.id)
    found: dict[str, list[int]] = {}
    for kind, id_ in db.execute(sa.union_all(makers, models, sites)):
        found.setdefault(kind, []).append(id_)
    columns = {"maker": Asset.manufacturer_id, "model": Asset.model_id, "site": Asset.site_id}
    return [(col(columns[kind]), ids) for kind, ids in found.items()]


def _fits(key: Any, text: str) -> Clause:
    """A normalised name holds the text: anywhere, or as whole words where it is short."""
    if len(text) >= _TRIGRAM:
        return sa.cast(key.contains(text, autoescape=True), sa.Boolean)
    return sa.or_(
        key == text,
        key.startswith(f"{text} ", autoescape=True),
        key.endswith(f" {text}", autoescape=True),
        key.contains(f" {text} ", autoescape=True),
    )


def _site_fits(word: str) -> Clause:
    # Sites keep their names as written; SQLite folds only ASCII, so likely cases are tried.
    fits = []
    for written in {word, word.upper(), word.capitalize()}:
        if len(word) >= _TRIGRAM:
            fits.append(col(Site.name).ilike(f"%{escaped(written)}%", escape="\\"))
        else:
            fits += [
                col(Site.name).ilike(escaped(written), escape="\\"),
                col(Site.name).ilike(f"% {escaped(written)}", escape="\\"),
                col(Site.name).ilike(f"{escaped(written)} %", escape="\\"),
            ]
        fits.append(col(Site.code).ilike(escaped(written), escape="\\"))
    return sa.or_(*fits)


def escaped(text: str) -> str:
    """For LIKE with `\\` as its escape character."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
