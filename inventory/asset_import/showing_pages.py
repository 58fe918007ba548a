"""The page of one import: its picture, what it asks, its rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.asset_import import imports
from inventory.asset_import.guarding import number_to_name
from inventory.asset_import.models import AssetImport, AssetImportRow, ImportState, RowOutcome
from inventory.assets import catalog
from inventory.assets.kinds import Category, Status
from inventory.http.unit import current_actor, current_db
from inventory.sites import naming, picking
from inventory.web import charts, showing
from inventory.web.forms import Form
from inventory.web.labels import label, tone_of
from inventory.web.pages import page

ROWS, MOST_CHOICES, MOST_ASKED = 50, 300, 50
_HIDDEN = frozenset({"custom", "identifiers"})

Choice = tuple[str, str]


def import_page(import_id: int, args: Mapping[str, Any] | None, form: Form) -> Response:
    """`args` None: the answer to a refused act."""
    db, actor = current_db(), current_actor()
    kept = imports.get(db, actor, import_id)
    chosen = args or {"outcome": None, "after": None}
    outcome: RowOutcome | None = chosen["outcome"]
    rows = imports.rows(
        db, actor, import_id, outcomes=[outcome] if outcome else [], after=chosen["after"],
        limit=ROWS + 1,
    )  # fmt: skip
    return page(
        "asset_import/show.html", status=form.status, form=form, kept=kept, outcome=outcome,
        outcomes=[each for each in RowOutcome if kept.counts.get(each.value)],
        chart=_chart(kept), number=number_to_name(kept.findings), states=ImportState,
        rows=[(row, _differences(row)) for row in rows[:ROWS]],
        places=naming.spots(db, actor, _sites(rows)),
        next=rows[ROWS - 1].id if len(rows) > ROWS else None,
        unknown=_questions(db, actor, kept), more=max(0, len(kept.unknown) - MOST_ASKED),
        stuck=any(finding["refused"] for finding in kept.findings),
    )  # fmt: skip


def _chart(kept: AssetImport) -> charts.Chart:
    bars = [
        charts.Bar(
            label("row_outcome", each), kept.counts[each.value],
            url_for("asset_import_pages.show", import_id=kept.id, outcome=each.value),
            tone_of(each),
        )
        for each in RowOutcome if kept.counts.get(each.value)
    ]  # fmt: skip
    return charts.stacked(_("What the rows do"), bars, number=showing.number, id="outcome")


def _differences(row: AssetImportRow) -> list[tuple[str, Any, Any]]:
    """(field, before, after), the district's own fields one by one."""
    before, after = row.before or {}, row.after or {}
    told = [(name, before.get(name, ""), value) for name, value in after.items()
            if name not in _HIDDEN]  # fmt: skip
    own, old = after.get("custom") or {}, before.get("custom") or {}
    told += [
        (f"custom.{key}", old.get(key, ""), own.get(key, ""))
        for key in dict.fromkeys((*own, *old)) if own.get(key) != old.get(key)
    ]  # fmt: skip
    told += [("identifiers", "", " ".join(key[::2])) for key in after.get("identifiers", ())]
    return told


def _sites(rows: Sequence[AssetImportRow]) -> set[int | None]:
    return {values.get("site_id") for row in rows for values in (row.before, row.after) if values}


def _questions(
    db: Session, actor: Actor, kept: AssetImport
) -> list[tuple[dict[str, Any], list[Choice], str]]:
    """(unknown, (value, text) to choose from, what was said of it)."""
    kinds = {one["kind"] for one in kept.unknown}
    makers: list[Choice] = []
    if "manufacturer" in kinds:
        found = catalog.list_manufacturers(db, actor, after=None, limit=MOST_CHOICES)
        makers = [(f"map:{maker.id}", maker.name) for maker in found]
    places: list[Choice] = []
    if "site" in kinds:
        all_places = picking.pickable(db, actor, Permission.ASSET_WRITE)
        places = [(f"map:{id_}", name) for id_, name in all_places[:MOST_CHOICES]]
    others = {
        "manufacturer": makers, "site": places,
        "category": [(f"map:{c.value}", label("category", c)) for c in Category],
        "status": [(f"map:{s.value}", label("status", s)) for s in Status],
    }  # fmt: skip
    return [
        (one, _choices(one, others.get(one["kind"], [])), _said(kept, one))
        for one in kept.unknown[:MOST_ASKED]
    ]


def _choices(one: Mapping[str, Any], others: Sequence[Choice]) -> list[Choice]:
    near = [(f"map:{hit['to']}", str(hit["name"])) for hit in one["near"]]
    own = [(f"map:{choice}", str(choice)) for choice in one.get("choices", ())]
    return list(dict([*near, *own, *others]).items())


def _said(kept: AssetImport, one: Mapping[str, Any]) -> str:
    said = kept.decisions.get(one["name"])
    if said is None:
        made = one["creatable"] and one["kind"] in kept.options["create"]
        return "create" if made else ""
    return f"map:{said['to']}" if said["do"] == "map" else str(said["do"])
