"""The texts of a row as values, and only those that differ from what is recorded.

A cell that says exactly what an export would say of the asset is the same, whatever it holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from inventory.asset_import import targets
from inventory.asset_import.entry import Entry
from inventory.asset_import.ground import Ground, Place
from inventory.asset_import.options import Options
from inventory.asset_import.unknown import Skipped, Undecided
from inventory.asset_import.values import (
    category_of,
    cents_of,
    date_of,
    flag_of,
    months_after,
    status_of,
    whole_of,
)
from inventory.assets import claims, custom_rules, fields as rules
from inventory.assets.catalog_models import Manufacturer
from inventory.assets.columns import CUSTOM
from inventory.assets.export import text_of
from inventory.assets.identifiers import Key
from inventory.assets.kinds import Category, FieldKind, Status
from inventory.assets.words import wrong
from inventory.errors import InvalidInput
from inventory.sites.naming import BETWEEN

_SIMPLE = (*targets.TEXTS, "serial")
EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(_SIMPLE, ""), "purchase_date": None, "warranty_until": None,
    "cost_cents": None, "federal_funds": False, "site_id": None, "manufacturer": "", "model": "",
}  # fmt: skip


@dataclass(slots=True)
class Told:
    """fields  what differs, fit for JSON; `before`: the same fields as they are recorded
    custom  the district's own fields that differ; None removes one
    keys    identifiers, the serial within its maker
    tag     as the row writes it
    within  the place in which `fields["new_site"]` is to be made
    """

    ground: Ground
    fields: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, object] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    tag: str = ""
    within: int | None = None

    def custom_of(
        self, category: Category, present: Mapping[str, object], *, complete: bool
    ) -> dict[str, object]:
        """The district's own fields as they will be. Raises `InvalidInput`."""
        own = list(self.ground.fields.values())
        return custom_rules.merged(own, category, present, self.custom, complete=complete)


class Reader:
    """Reads rows by the options. Raises one `InvalidInput` naming every bad field, `Undecided`,
    `Skipped`."""

    def __init__(self, ground: Ground, options: Options) -> None:
        self.ground = ground
        self.options = options

    def read(self, entry: Entry, asset: Mapping[str, Any] | None) -> Told:
        told = Told(self.ground, tag=entry.said.get("tag", ""), keys=list(entry.keys))
        errors: dict[str, object] = {}
        waiting = None
        for part in (
            self._plain, self._choices, self._money, self._days, self._place, self._own,
            self._catalog,
        ):  # fmt: skip
            try:
                part(entry, asset, told)
            except InvalidInput as refused:
                errors.update(refused.fields or {"": [str(refused)]})
            except (Undecided, Skipped) as open_:
                waiting = waiting or open_
        if errors:
            raise InvalidInput("some fields are not acceptable", errors)
        if waiting is not None:
            raise waiting
        return told

    def _set(self, told: Told, asset: Mapping[str, Any] | None, name: str, value: Any) -> None:
        now = EMPTY.get(name) if asset is None else asset[name]
        if value != now:
            told.fields[name] = _kept(value)
            told.before[name] = _kept(now)

    def _read(
        self, entry: Entry, asset: Mapping[str, Any] | None, told: Told, name: str,
        value_of: Callable[[str], Any], to: str = "",
    ) -> None:  # fmt: skip
        text, field_ = entry.said.get(name), to or name
        if text is None or (asset is not None and text == text_of(asset[field_])):
            return
        if entry.cleared(name):
            if field_ not in EMPTY:
                raise wrong(name, "cannot be cleared")
            value = EMPTY[field_]
        else:
            value = value_of(text)
            value = rules.PLAIN[field_](value) if field_ in rules.PLAIN else value
        self._set(told, asset, field_, value)

    def _plain(self, entry: Entry, asset: Mapping[str, Any] | None, told: Told) -> None:
        for name in _SIMPLE:
            if name in entry.said:
                self._read(entry, asset, told, name, str)

    def _choices(self, entry: Entry, asset: Mapping[str, Any] | None, told: Told) -> None:
        self._read(entry, asset, told, "category", self._category)
        self._read(entry, asset, told, "status", self._status)

    def _category(self, text: str) -> Category:
        found = category_of(text)
        if found is None:
            key = text.strip().casefold()[:80]
            names = [(member.value, member.value.replace("_", " ")) for member in Category]
            found = Category(
                self.ground.unknowns.decide("category", key, text, lambda: names, creatable=False)
            )
        return found

    def _status(self, text: str) -> Status:
        found = status_of(text)
        if found is None:
            key = text.strip().casefold()[:80]
            names = [(member.value, member.value.replace("_", " ")) for member in Status]
            found = Status(
                self.ground.unknowns.decide("status", key, text, lambda: names, creatable=False)
            )
        return found

    def _money(self, entry: Entry, asset: Mapping[str, Any] | None, told: Told) -> None:
        decimal = self.options.decimal
        self._read(entry, asset, told, "cost_cents", lambda t: whole_of(t.strip(), "cost_cents"))
        self._read(entry, asset, told, "cost", lambda t: cents_of(t, "cost", decimal), "cost_cents")
        self._read(entry, asset, told, "federal_funds", lambda t: flag_of(t, "federal_funds"))

    def _days(self, entry: Entry, asset: Mapping[str, Any] | None, told: Told) -> None:
        order = self.options.dates
        self._read(
            entry, asset, told, "purchase_date", lambda t: date_of(t, "purchase_date", order)
        )
        self._read(
            entry, asset, told, "warranty_until", lambda t: date_of(t, "warranty_until", order)
        )
        months = entry.said.get("warranty_months")
        if months is None or "warranty_until" in entry.said:
            return
        bought = told.fields.get("purchase_date", asset["purchase_date"] if asset else None)
        if bought is None:
            raise wrong("warranty_months", "needs the date of purchase")
        day = bought if isinstance(bought, date) else date.fromisoformat(bought)
        count = whole_of(months.strip().split()[0].removesuffix(".0"), "warranty_months")
        if count > 600:
            raise wrong("warranty_months", "are more than fifty years")
        self._set(told, asset, "warranty_until", months_after(day, count))

    def _place(self, entry: Entry, asset: Mapping[str, Any] | None, told: Told) -> None:
        said = entry.said
        place: Place = None
        ways = [said[name].strip() for name in targets.WAYS if name in said]
        if "site_id" in said:
            if asset is not None and said["site_id"] == text_of(asset["site_id"]):
                return
            if not entry.cleared("site_id"):
                place = whole_of(said["site_id"].strip(), "site_id")
                if place not in self.ground.places.names:
                    raise wrong("site_id", f"{place} is no site")
        elif "place" in said:
            if not entry.cleared("place"):
                place = self.ground.spelt(said["place"].replace(BETWEEN, " / "))
        elif ways:
            place = self.ground.place(ways)
        else:
            return
        self._put(place, asset, told)

    def _put(self, place: Place, asset: Mapping[str, Any] | None, told: Told) -> None:
        if isinstance(place, str):
            told.fields["new_site"] = place
            told.before["site_id"] = asset["site_id"] if asset else None
            told.within = self.ground.unknowns.found[place]["parent_id"]
        else:
            self._set(told, asset, "site_id", place)

    def _own(self, entry: Entry, asset: Mapping[str, Any] | None, told: Told) -> None:
        present = asset["custom"] if asset is not None else {}
        errors: dict[str, object] = {}
        for name, text in entry.said.items():
            if not name.startswith(CUSTOM):
                continue
            key = name.removeprefix(CUSTOM)
            if key in present and text == text_of(present[key]):
                continue
            try:
                value = None if entry.cleared(name) else self._custom(key, text)
            except InvalidInput as refused:
                errors.update(refused.fields)
                continue
            if value != present.get(key):
                told.custom[key] = value
        if errors:
            raise InvalidInput("custom fields are not acceptable", errors)

    def _custom(self, key: str, text: str) -> object:
        rule = self.ground.fields.get(key)
        if rule is None:
            raise wrong(CUSTOM + key, "is no field any more")
        match rule.kind:
            case FieldKind.BOOLEAN:
                return flag_of(text, key)
            case FieldKind.NUMBER:
                return custom_rules.asked(rule, text.strip())
            case FieldKind.DATE:
                return date_of(text.strip(), key, self.options.dates).isoformat()
            case FieldKind.CHOICE:
                return self._choice(key, text.strip(), [str(choice) for choice in rule.choices])
            case FieldKind.TEXT:
                return custom_rules.accepted(rule, text)

    def _choice(self, key: str, text: str, choices: list[str]) -> str:
        for choice in choices:
            if choice.casefold() == text.casefold():
                return choice
        named = [(choice, choice) for choice in choices]
        return str(
            self.ground.unknowns.decide(
                "choice", f"{key}|{text.casefold()[:120]}", text, lambda: named, creatable=False,
                field=key, choices=choices[:200],
            )
        )  # fmt: skip

    def _catalog(self, entry: Entry, asset: Mapping[str, Any] | None, told: Told) -> None:
        """Maker and model by their names; then the serial within its maker."""
        ground, said = self.ground, entry.said
        maker: Manufacturer | None = None
        old = ground.makers.get(asset["manufacturer_id"]) if asset is not None else None
        model = ground.models.get(asset["model_id"]) if asset is not None else None
        maker, name = old, model.name if model else ""
        old_name = name
        if "manufacturer" in said and entry.cleared("manufacturer"):
            maker, name = None, ""
        elif "manufacturer" in said and (old is None or said["manufacturer"] != old.name):
            maker = ground.maker(said["manufacturer"])
        if "model" in said and entry.cleared("model"):
            name = ""
        elif "model" in said and (said["model"] != old_name or maker is not old):
            maker, name = ground.model(maker, said["model"])
        now = {"manufacturer": old.name if old else "", "model": old_name}
        for field_, value in (("manufacturer", maker.name if maker else ""), ("model", name)):
            if value != now[field_]:
                told.fields[field_], told.before[field_] = value, now[field_]
        renewed = asset is None or {"serial", "manufacturer"} & told.fields.keys()
        if renewed and (value := told.fields.get("serial", asset["serial"] if asset else "")):
            told.keys += claims.serial_keys(value, maker)


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
