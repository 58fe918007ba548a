"""What the list of findings can be asked, argument by argument; see `assets.query_text`."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import StrEnum

from inventory.assets import query_text as given
from inventory.assets.kinds import Outcome
from inventory.assets.query_text import Arg, Pairs
from inventory.discovery.review_queue import Wanted
from snmp_discovery.types import Kind


class QueueState(StrEnum):
    """Whether findings wait for a person; open is meant where nothing is said."""

    OPEN = "open"
    SETTLED = "settled"
    ALL = "all"


ARGS: Mapping[str, Arg] = {
    "state": given.word(QueueState),
    "outcome": given.word(Outcome),
    "network_id": given.row_id(),
    "site_id": given.row_id(),
    "kind": given.word(Kind),
    "asset_id": given.row_id(),
    "default_community": given.flag(),
}
"""In the order of their normal form. Each is a field of `Wanted`."""


def asked(pairs: Iterable[tuple[str, str]]) -> Wanted:
    """What a query string's pairs want. Raises `InvalidInput`."""
    values = given.read(ARGS, pairs)
    return Wanted(**{**values, "state": str(values.get("state", QueueState.OPEN).value)})


def pairs_of(wanted: Wanted) -> Pairs:
    """The arguments that ask for this, in normal form; what is usual is left out."""
    values = {field.name: getattr(wanted, field.name) for field in fields(wanted)}
    state = QueueState(wanted.state)
    return given.write(ARGS, {**values, "state": None if state is QueueState.OPEN else state})
