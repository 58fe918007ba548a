"""Between a person's form and the verbs on assets: what was typed as a draft, or as changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from inventory.assets.identifiers import IMEI, MAC, MEID, UDID
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.errors import InvalidInput

PLAIN = (
    "category", "tag", "manufacturer", "model", "site_id", "name", "serial", "firmware",
    "description", "purchase_date", "cost_cents", "order_number", "supplier", "warranty_until",
    "funding_source", "federal_funds", "grant_number",
)  # fmt: skip
"""Fields that forms have under the asset's own names, but for `cost_cents`: that is `cost`."""

LIKE = (
    "category", "manufacturer", "model", "site_id", "purchase_date", "cost", "order_number",
    "supplier", "warranty_until", "funding_source", "federal_funds", "grant_number",
)  # fmt: skip
"""Form fields that another asset of the same lot shares."""

_TYPED_AS = {
    "cost_cents": "cost", MAC: "macs", IMEI: "imeis", MEID: "more_identifiers",
    UDID: "more_identifiers", "snmp_engine_id": "more_identifiers",
    "identifiers": "more_identifiers",
}  # fmt: skip
_KIND_OF = {"mac": MAC, "imei": IMEI, "meid": MEID, "udid": UDID}


def draft_of(data: Mapping[str, Any], custom: Mapping[str, object]) -> AssetDraft:
    """The new asset that a `NewAssetForm` describes. Raises `InvalidInput`."""
    values = {_stored(name): value for name, value in data.items() if _stored(name) in PLAIN}
    values["tag"] = values.get("tag") or None
    return AssetDraft(
        **values,
        prefix=data.get("prefix"),
        status=data["status"],
        custom={key: value for key, value in custom.items() if value is not None},
        identifiers=[
            *((MAC, text) for text in data["macs"]),
            *((IMEI, text) for text in data["imeis"]),
            *map(_identifier, data["more_identifiers"]),
        ],
    )


def changes_of(
    asset: Asset, names: Mapping[str, str], data: Mapping[str, Any], custom: Mapping[str, object]
) -> dict[str, object]:
    """What differs from the asset as it is: only that counts as entered by the person.

    names  the present manufacturer and model
    """
    now = present(asset, names)
    changes: dict[str, object] = {
        _stored(name): value
        for name, value in data.items()
        if name in now and _stored(name) in PLAIN and value != now[name]
    }
    own = {key: value for key, value in custom.items() if _kept(value) != asset.custom.get(key)}
    return {**changes, "custom": own} if own else changes


def present(asset: Asset, names: Mapping[str, str]) -> dict[str, Any]:
    """The asset's values by the names of the form's fields, without the district's own."""
    known = {name: getattr(asset, name) for name in PLAIN if name not in names}
    known["cost"] = known.pop("cost_cents")
    return {**known, "manufacturer": names["manufacturer"], "model": names["model"]}


@contextmanager
def in_words_of_the_form() -> Iterator[None]:
    """Have an `InvalidInput` name the form's fields instead of the asset's."""
    try:
        yield
    except InvalidInput as refused:
        told: dict[str, object] = {}
        for name, messages in refused.fields.items():
            if name == "custom" and isinstance(messages, Mapping):
                told |= {f"custom_{key}": value for key, value in messages.items()}
            else:
                told[_TYPED_AS.get(name, name)] = messages
        raise InvalidInput(str(refused), told) from refused


def _stored(name: str) -> str:
    return "cost_cents" if name == "cost" else name


def _kept(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _identifier(line: str) -> tuple[str, str]:
    kind, _, value = line.partition(" ")
    if not value.strip():
        raise InvalidInput(
            "an identifier is KIND VALUE", {"identifiers": ["Write the kind, then the value."]}
        )
    return _KIND_OF.get(kind.lower(), kind), value.strip()
