"""What forms that make an asset of an observation, or name one, offer and understand."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from inventory.access import Permission
from inventory.assets import service as assets, tags
from inventory.assets.deciding import NewAsset
from inventory.assets.deciding_form_schemas import INITIAL
from inventory.assets.kinds import Status
from inventory.errors import InvalidInput, NotFound
from inventory.http.unit import current_actor, current_db
from inventory.sites import naming, placing
from inventory.web.labels import label

Options = list[tuple[str, str]]


def places_for(site_id: int | None) -> list[tuple[int, str]]:
    """(id, way) of the places where the actor may put an asset; rooms around `site_id` only."""
    known = naming.choices(current_db(), current_actor(), Permission.ASSET_WRITE, rooms=True)
    return [(spot.id, spot.way) for spot in placing.near(known, site_id)]


def prefixes() -> Options:
    """The prefixes of the counters that tags are taken from."""
    counters = tags.list_counters(current_db(), current_actor())
    return [(counter.prefix, counter.prefix) for counter in counters]


def statuses(known: Iterable[Status]) -> Options:
    """Statuses and their words."""
    return [(status.value, label("status", status)) for status in known]


def offered(site_id: int | None) -> dict[str, Any]:
    """What the fields of `new_asset` in assets/decision_parts.html offer."""
    return {
        "places": places_for(site_id), "prefixes": prefixes(), "statuses": statuses(INITIAL)
    }  # fmt: skip


def new_asset(data: dict[str, Any]) -> NewAsset:
    """The new asset that an `AcceptForm` describes."""
    return NewAsset(data["tag"], data["prefix"], data["site_id"], data["status"])


def tagged(field: str, tag: str) -> int:
    """The id of the asset with this tag. Raises `InvalidInput` naming the field, with near ones."""
    try:
        return assets.by_tag(current_db(), current_actor(), tag).id
    except NotFound as missing:
        told = [str(missing)]
        if missing.near:
            told.append(_("Did you mean %(tags)s?", tags=", ".join(map(str, missing.near[:3]))))
        raise InvalidInput(str(missing), {field: told}) from missing
