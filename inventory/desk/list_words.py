"""The filter of the asset list in words: a chip for every part of it, and what the facets say."""

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from flask_babel import gettext as _
from markupsafe import Markup

from inventory.assets.columns import CUSTOM, Column
from inventory.assets.query_text import Pairs
from inventory.web.labels import label
from inventory.web.showing import told

PATH = "/assets"
_LONG = 60


def address(pairs: Iterable[tuple[str, str]], path: str = PATH) -> str:
    """The page with these query arguments."""
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path


def chips(pairs: Pairs, kept: Pairs, names: Mapping[str, str]) -> list[tuple[Markup, str]]:
    """(the filter in words, the address without it) for each of `pairs`.

    kept   arguments that stay in every address, such as the order
    names  words for `site_id`, `manufacturer_id`, `model_id`, and for custom fields by their key
    """
    return [
        (
            Markup("<span>{}</span>").format(in_words(name, text, names)),
            address([pair for pair in pairs if pair != (name, text)] + kept),
        )
        for name, text in pairs
    ]


def in_words(name: str, text: str, names: Mapping[str, str]) -> str | Markup:
    """One argument of the list as a person would say it."""
    if name in {"category", "status"}:
        return label(name, text)
    if name in _PLAIN:
        return _PLAIN[name](text)
    if name in {"site_id", "manufacturer_id", "model_id"}:
        return told(names.get(name) or f"#{text}", _LONG)
    if name == "custom":
        key, _colon, value = text.partition(":")
        return told(f"{names.get(key, key)}: {value}", _LONG)
    word = {
        "q": _("Words"), "tag": _("Tag"), "manufacturer": _("Maker"),
        "funding_source": _("Funding"), "seen_before": _("Last seen before"),
        "seen_after": _("Last seen after"),
    }.get(name, name)  # fmt: skip
    return Markup("{}: {}").format(word, told(text, _LONG))


def column_word(column: Column) -> str:
    """The head of a column in the reader's language; of the district's own fields their label."""
    if column.key.startswith(CUSTOM):
        return column.label
    words: dict[str, str] = {
        "school": _("School"), "site": _("Place"), "site_id": _("Place number"),
        "last_seen_at": _("Last seen"), "last_seen_source": _("Seen by"),
        "last_seen_address": _("Seen at"), "created_at": _("Recorded"),
        "updated_at": _("Changed"), "id": _("Number"), "version": _("Version"),
    }  # fmt: skip
    return words.get(column.key) or label("field", column.key)


def seen_words(text: str) -> str:
    """A stretch since something was last seen."""
    words: dict[str, str] = {
        "week": _("Seen in the last 7 days"),
        "month": _("Seen 8 to 30 days ago"),
        "quarter": _("Seen 31 to 90 days ago"),
        "longer": _("Not seen for over 90 days"),
        "never": _("Never seen"),
    }
    return words.get(text, text)


def _flag(yes: Callable[[], str], no: Callable[[], str]) -> Callable[[str], str]:
    return lambda text: yes() if text == "true" else no()


_PLAIN: Mapping[str, Callable[[str], str]] = {
    "seen": seen_words,
    "holder": lambda text: label("holding", text),
    "outside_schools": _flag(lambda: _("At no school"), lambda: _("At a school")),
    "has_manufacturer": _flag(lambda: _("Maker recorded"), lambda: _("Maker not recorded")),
    "has_serial": _flag(lambda: _("With a serial number"), lambda: _("Without a serial number")),
    "federal_funds": _flag(lambda: _("Federal funds"), lambda: _("No federal funds")),
    "supplies": lambda text: _("A supply is low") if text == "low" else _("A supply is empty"),
    "unseen_days": lambda text: _("Not seen for %(n)s days", n=text),
    "warranty_days": lambda text: _("Warranty ends within %(n)s days", n=text),
    "acquired_from": lambda text: _("Acquired in %(year)s or later", year=text),
    "acquired_to": lambda text: _("Acquired in %(year)s or earlier", year=text),
    "seen_by": lambda text: _("Seen by %(source)s", source=label("source", text)),
}
