"""The fields that a column can be, and the names that real files have for them."""

from collections.abc import Iterable, Mapping, Sequence

from inventory.assets.catalog_models import CustomField
from inventory.assets.columns import CUSTOM

TEXTS = (
    "name", "description", "firmware", "order_number", "supplier", "funding_source", "grant_number",
)  # fmt: skip
IDENTIFIERS = ("mac", "imei", "meid", "udid")
WAYS = ("school", "building", "room")
"""Columns that together are the way to a place."""

NAMES: Mapping[str, Sequence[str]] = {
    "id": ("asset id", "number", "homeroom id"),
    "tag": ("asset tag", "asset number", "asset", "barcode", "etiqueta", "inventory number",
            "property tag", "tag number", "número de inventario", "código"),
    "serial": ("serial number", "serial no", "s/n", "sn", "número de serie", "serie"),
    "manufacturer": ("maker", "brand", "make", "vendor name", "fabricante", "marca"),
    "model": ("model name", "modelo", "product", "product name"),
    "category": ("type", "device type", "asset type", "kind", "categoría", "tipo"),
    "status": ("state", "status label", "estado", "asset status"),
    "name": ("asset name", "device name", "hostname", "computer name", "nombre"),
    "description": ("notes", "asset notes", "comment", "comments", "remarks", "notas",
                    "descripción"),
    "firmware": ("firmware version",),
    "purchase_date": ("purchased", "date purchased", "bought on", "acquired", "acquisition date",
                      "fecha de compra"),
    "cost": ("purchase cost", "price", "amount", "unit cost", "unit price", "costo", "precio"),
    "cost_cents": ("price in cents",),
    "order_number": ("order", "po", "po number", "purchase order", "orden de compra"),
    "supplier": ("vendor", "reseller", "proveedor"),
    "warranty_until": ("warranty", "warranty end", "warranty expires", "warranty expiration",
                       "garantía", "warranty end date"),
    "warranty_months": ("warranty (months)", "garantía (meses)"),
    "funding_source": ("funding", "fund", "fuente de fondos"),
    "federal_funds": ("federal", "fondos federales"),
    "grant_number": ("grant", "grant no"),
    "site_id": ("place number", "place id"),
    "place": ("location", "default location", "ubicación", "lugar", "site"),
    "school": ("campus", "escuela", "company"),
    "building": ("edificio",),
    "room": ("classroom", "room number", "sala", "aula", "salón"),
    "mac": ("mac address", "macs", "wifi mac", "ethernet mac", "dirección mac"),
    "imei": (),
    "meid": (),
    "udid": ("uuid",),
}  # fmt: skip


def known_fields(own: Iterable[CustomField]) -> list[str]:
    """Everything that a column can be."""
    return [*NAMES, *(CUSTOM + field.key for field in own)]


def guessed(header: Sequence[str], own: Iterable[CustomField]) -> list[str]:
    """The field of each column by its name; "" where none is meant, each field once.

    Our own export's names come first. Beside `site_id` the names of the same place are left out.
    """
    exact = {_plain(name): name for name in NAMES}
    others: dict[str, str] = {}
    for field in own:
        exact[_plain(CUSTOM + field.key)] = CUSTOM + field.key
        others.setdefault(_plain(field.label), CUSTOM + field.key)
        others.setdefault(_plain(field.key), CUSTOM + field.key)
    for name, known in NAMES.items():
        for other in known:
            others.setdefault(_plain(other), name)
    plain = [_plain(name) for name in header]
    found = [exact.get(name, "") for name in plain]
    for place, name in enumerate(plain):
        if not found[place] and others.get(name, "") not in found:
            found[place] = others.get(name, "")
    found = [name if found.index(name) == place else "" for place, name in enumerate(found)]
    if "site_id" in found:
        found = ["" if name in (*WAYS, "place") else name for name in found]
    return found


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
