"""What a plan is made upon: the catalog, the places and the district's own fields, read once."""

from collections.abc import Iterator

from sqlmodel import Session, select

from inventory.access import Actor
from inventory.asset_import.places import Found, Places, parts_of
from inventory.asset_import.unknown import Unknowns
from inventory.assets.catalog_models import AssetModel, Manufacturer, ManufacturerAlias, ModelAlias
from inventory.assets.custom_fields import definitions
from inventory.assets.naming import MAX_MODEL, MAX_NAME, without_maker
from inventory.assets.words import entered, maker_key, plain, wrong

Place = int | str | None
"""The id of a place, the name of an unknown that somebody wants to be made, or nowhere."""


class Ground:
    """Makers, models and places by every spelling that is known of them."""

    def __init__(self, db: Session, actor: Actor, unknowns: Unknowns) -> None:
        self.unknowns = unknowns
        self.places = Places(db, actor)
        self.fields = {field.key: field for field in definitions(db)}
        self.makers = {maker.id: maker for maker in db.exec(select(Manufacturer))}
        self.models = {model.id: model for model in db.exec(select(AssetModel))}
        self._maker_keys = {
            alias.key: self.makers[alias.manufacturer_id]
            for alias in db.exec(select(ManufacturerAlias))
        }
        self._model_keys: dict[tuple[int, str], AssetModel] = {}
        self._any_maker: dict[str, list[AssetModel]] = {}
        for alias in db.exec(select(ModelAlias)):
            model = self.models[alias.model_id]
            self._model_keys[alias.manufacturer_id, alias.key] = model
            self._any_maker.setdefault(alias.key, []).append(model)
        db.expunge_all()

    def maker(self, text: str) -> Manufacturer:
        """A maker of the catalog, or one to be made (without an id). Raises `InvalidInput`,
        `Undecided`, `Skipped`."""
        key = maker_key(text)
        if (known := self._maker_keys.get(key)) is not None:
            return known
        name = entered(text, "manufacturer", MAX_NAME)
        if not key:
            raise wrong("manufacturer", "must hold a letter or digit")
        to = self.unknowns.decide("manufacturer", key, name, self._maker_names)
        if to is None:
            return Manufacturer(name=name, key=key)
        if to not in self.makers:
            raise wrong("manufacturer", f"{name} was to be a maker that is gone")
        return self.makers[to]

    def model(self, maker: Manufacturer | None, text: str) -> tuple[Manufacturer, str]:
        """The model's maker and name. Raises as `maker`."""
        name = entered(text, "model", MAX_MODEL)
        if maker is None:
            found = self._any_maker.get(plain(name)[:300], [])
            if len({model.id for model in found}) != 1:
                raise wrong("model", f"{name} needs its manufacturer")
            return self.makers[found[0].manufacturer_id], found[0].name
        name = without_maker(maker, name)
        key = plain(name)[:300]
        if not key:
            raise wrong("model", "must hold a letter or digit")
        known = self._model_keys.get((maker.id, key))
        if known is not None:
            return maker, known.name
        own = maker.id
        to = self.unknowns.decide(
            "model", f"{maker.key}|{key}", name, lambda: self._model_names(own), maker=maker.name
        )
        if to is None:
            return maker, name
        if to not in self.models:
            raise wrong("model", f"{name} was to be a model that is gone")
        model = self.models[to]
        return self.makers[model.manufacturer_id], model.name

    def place(self, parts: list[str]) -> Place:
        """Raises `InvalidInput`, `Undecided`, `Skipped`."""
        found: Found = self.places.find(parts)
        if found.id is not None:
            return found.id
        text = " / ".join(parts)[:200]
        key = " / ".join(" ".join(part.casefold().split()) for part in parts)[:200]
        creatable = bool(found.missing) and self.places.takes_rooms(found.parent_id)
        to = self.unknowns.decide(
            "site", key, text, self.places.ways, creatable=creatable,
            parent_id=found.parent_id, missing=found.missing,
        )  # fmt: skip
        if to is None:
            return f"site {key}"[:300]
        if to not in self.places.names:
            raise wrong("place", f"{text} was to be a place that is gone")
        return int(to)

    def spelt(self, text: str) -> Place:
        """As `place`, of a way in one cell."""
        return self.place(parts_of(text))

    def category_of(self, maker: str, model: str) -> str:
        """What the catalog says that such a model is; "" where it does not."""
        known = self._maker_keys.get(maker_key(maker))
        found = self._model_keys.get((known.id, plain(model)[:300])) if known else None
        return found.category.value if found and found.category else ""

    def _maker_names(self) -> Iterator[tuple[int, str]]:
        return ((id_, maker.name) for id_, maker in self.makers.items())

    def _model_names(self, maker_id: int | None) -> Iterator[tuple[int, str]]:
        return (
            (id_, model.name) for id_, model in self.models.items()
            if maker_id is None or model.manufacturer_id == maker_id
        )  # fmt: skip
