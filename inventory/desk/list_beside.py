"""What stands beside the list of assets: facets to tick or follow, in words and with addresses."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from inventory.assets.facet_values import Facet, Value
from inventory.assets.facets import Facets
from inventory.assets.held import Holding
from inventory.assets.query_text import Pairs
from inventory.desk.list_words import address, in_words
from inventory.web.labels import label

TICKED = ("category", "status", "seen")
"""Facets of which several values may be chosen: check boxes. Of the others one: links."""

WARRANTY_DAYS = "90"


@dataclass(frozen=True, slots=True)
class Line:
    """One value: `href` for a link, `value` for a check box. `count` None: not counted."""

    name: str
    value: str
    text: str
    count: int | None
    chosen: bool
    href: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.name}-{self.value}"


@dataclass(frozen=True, slots=True)
class Block:
    """`others`: so many more have a value that is not shown."""

    name: str
    title: str
    lines: Sequence[Line]
    links: bool = False
    others: int = 0


def blocks(facets: Facets, pairs: Pairs, kept: Pairs, *, holders: bool) -> list[Block]:
    """Every facet that has something to choose, and the filters that nobody counted.

    holders  whether the reader may know who has what
    """
    titles = {
        "category": _("Kind"), "status": _("Status"), "school": _("School"),
        "manufacturer": _("Maker"), "seen": _("Last seen"),
    }  # fmt: skip
    found = []
    for name, title in titles.items():
        facet = facets.facets[name]
        links = name not in TICKED
        lines = [_line(facet, value, pairs, kept, links) for value in facet.values]
        if lines:
            found.append(Block(name, title, lines, links, facet.others))
    if holders:
        found.append(Block("holder", _("Who has it"), _holders(pairs)))
    return [*found, Block("more", _("More"), _uncounted(pairs))]


def hidden(pairs: Pairs, kept: Pairs, shown: Sequence[Block]) -> Pairs:
    """The arguments that the form must carry along, since none of its fields stands for them."""
    fields = {line.name for block in shown if not block.links for line in block.lines}
    return [pair for pair in pairs if pair[0] not in fields and pair[0] != "q"] + kept


def _line(facet: Facet, value: Value, pairs: Pairs, kept: Pairs, links: bool) -> Line:
    text = _text(facet.name, value)
    if not links:
        return Line(facet.name, str(value.value), text, value.count, value.chosen)
    rest = [pair for pair in pairs if pair[0] not in facet.args]
    wanted = [] if value.chosen else list(value.args.items())
    href = address(rest + wanted + kept)
    return Line(facet.name, str(value.value), text, value.count, value.chosen, href)


def _text(facet: str, value: Value) -> str:
    if facet in {"category", "status"}:
        return label(facet, value.value)
    if facet == "seen":
        return _seen(str(value.value))
    if value.value is None:
        return str(_("not recorded") if facet == "manufacturer" else _("at no school"))
    return value.label


def _seen(text: str) -> str:
    """Shorter than `list_words.seen_words`: the heading says the rest."""
    words: dict[str, str] = {
        "week": _("last 7 days"),
        "month": _("8 to 30 days ago"),
        "quarter": _("31 to 90 days ago"),
        "longer": _("over 90 days ago"),
        "never": _("never"),
    }
    return words.get(text, text)


def _holders(pairs: Pairs) -> list[Line]:
    return [
        Line("holder", one.value, label("holding", one), None, ("holder", one.value) in pairs)
        for one in Holding
    ]


def _uncounted(pairs: Pairs) -> list[Line]:
    present = dict(pairs)
    wanted = [
        ("supplies", "low"), ("supplies", "empty"),
        ("federal_funds", present.get("federal_funds", "true")),
        ("warranty_days", present.get("warranty_days", WARRANTY_DAYS)),
        ("has_serial", present.get("has_serial", "false")),
    ]  # fmt: skip
    return [
        Line(name, value, str(in_words(name, value, {})), None, (name, value) in pairs)
        for name, value in wanted
    ]
