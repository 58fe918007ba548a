"""Names for the numbers in a filter of the asset list: places, makers, models, own fields."""

from sqlmodel import Session

from inventory.access import Actor, Permission
from inventory.assets import catalog, custom_fields
from inventory.assets.facets import Facets
from inventory.assets.filters import AssetFilter
from inventory.errors import NotFound
from inventory.sites.models import SiteKind
from inventory.sites.way import way_to


def names_of(
    db: Session, actor: Actor, wanted: AssetFilter, counted: Facets | None
) -> dict[str, str]:
    """By the argument of the list, and for custom fields by their key.

    A place out of reach has no name here. counted: spares looking up what it knows.
    """
    names: dict[str, str] = {}
    for facet in counted.facets.values() if counted is not None else ():
        for value in facet.values:
            if value.chosen and value.label and value.value is not None:
                names |= dict.fromkeys(value.args, value.label)
    if wanted.site_id is not None and "site_id" not in names:
        names["site_id"] = _place(db, actor, wanted.site_id)
    if wanted.manufacturer_id is not None and "manufacturer_id" not in names:
        names["manufacturer_id"] = _maker(db, actor, wanted.manufacturer_id)
    if wanted.model_id is not None:
        names["model_id"] = _model(db, actor, wanted.model_id)
    if wanted.custom:
        names |= {one.key: one.label for one in custom_fields.definitions(db)}
    return names


def _place(db: Session, actor: Actor, site_id: int) -> str:
    if not actor.may(Permission.ASSET_READ, site_id):
        return ""
    way = way_to(db, site_id)
    names = [step.name for step in way if step.kind is not SiteKind.DISTRICT]
    return " \u203a ".join(names or [step.name for step in way])


def _maker(db: Session, actor: Actor, maker_id: int) -> str:
    try:
        return catalog.get_manufacturer(db, actor, maker_id).name
    except NotFound:
        return ""


def _model(db: Session, actor: Actor, model_id: int) -> str:
    try:
        model = catalog.get_model(db, actor, model_id)
    except NotFound:
        return ""
    return f"{_maker(db, actor, model.manufacturer_id)} {model.name}".strip()
