"""What rows name and nobody knows: told once each, with near misses, and decided by a person.

Nothing is ever made from a typing error: only what somebody says is new becomes new.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from inventory.asset_import.options import CREATABLE, Options

MOST = 200
"""So many unknown names are told of; whoever has more has named a column wrongly."""

MOST_MADE = 5_000
"""So many are made at once where somebody said beforehand that they may be."""

NEAR = 3


class Undecided(Exception):
    """Somebody has to say what the row names."""


class Skipped(Exception):
    """Somebody said that such rows are left out."""


@dataclass(slots=True)
class Unknowns:
    """`decisions`: "kind key" → {"do": "map", "to": ...}, {"do": "create"} or {"do": "skip"}."""

    options: Options
    decisions: Mapping[str, Any]
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    more: int = 0

    def decide(
        self, kind: str, key: str, text: str, names: Callable[[], Iterable[tuple[Any, str]]],
        *, creatable: bool = True, **about: Any,
    ) -> Any:  # fmt: skip
        """What the text is mapped to, or None where it is to be made.

        names  (id or value, name) of everything that it may mean

        Raises `Undecided`, `Skipped`.
        """
        name = f"{kind} {key}"[:300]
        creatable = creatable and kind in CREATABLE
        self._note(name, kind, key, text, names, creatable, about)
        said = self.decisions.get(name)
        if name not in self.found:
            raise Undecided
        if said is None and creatable and kind in self.options.create:
            return None
        if said is None or (said["do"] == "create" and not creatable):
            raise Undecided
        if said["do"] == "skip":
            raise Skipped
        return said["to"] if said["do"] == "map" else None

    def _note(
        self, name: str, kind: str, key: str, text: str,
        names: Callable[[], Iterable[tuple[Any, str]]], creatable: bool, about: Mapping[str, Any],
    ) -> None:  # fmt: skip
        if (known := self.found.get(name)) is not None:
            known["rows"] += 1
        elif len(self.found) >= (MOST_MADE if creatable and kind in self.options.create else MOST):
            self.more += 1
        else:
            self.found[name] = {
                "name": name, "kind": kind, "key": key, "text": text[:200], "rows": 1,
                "creatable": creatable, **about,
                "near": _near(text, names()) if len(self.found) < MOST else [],
            }  # fmt: skip

    def open(self) -> list[str]:
        """The names that nobody decided on."""
        return [
            name for name, told in self.found.items()
            if name not in self.decisions
            and not (told["creatable"] and told["kind"] in self.options.create)
        ]  # fmt: skip


def _near(text: str, names: Iterable[tuple[Any, str]]) -> list[dict[str, Any]]:
    by_name: dict[str, tuple[Any, str]] = {}
    for id_, name in names:
        by_name.setdefault(name.casefold(), (id_, name))
    hits = get_close_matches(text.casefold()[:200], list(by_name), n=NEAR, cutoff=0.6)
    return [{"to": by_name[hit][0], "name": by_name[hit][1]} for hit in hits]
