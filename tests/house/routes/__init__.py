"""An example request for every route, for the matrix test and for hostile requests.

Every module of this package may hold

    ROUTES = {"PATCH /api/v1/things/<int:thing_id>": Example(
        path={"thing_id": "$thing"}, json={"name": "X"}, place=Place.OBJECT)}
    MAKERS = {"thing": make_thing}      # def make_thing(side: Side) -> int

The key is the method and the rule as Flask writes it. `"$name"` anywhere in `path`, `query` or
`json` stands for an object on the side (school) that is asked about: what MAKERS makes, freshly for
each request, or one of `site` (the school) and `room`; `"$unique"` for a text that never comes
twice. The same holds for `form`. Requests carry `If-Match: *`.
"""

import importlib
import io
import os
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from sqlmodel import Session


class Place(Enum):
    """What decides, besides the permission, whether somebody gets in.

    NOWHERE   nothing: the answer holds what the caller may see
    OBJECT    the object in the path or body lies at a school; at another school's: refused
    OWN       the object belongs to the caller's account; somebody else's: refused
    DISTRICT  the permission must be held for the whole district
    """

    NOWHERE = "nowhere"
    OBJECT = "object"
    OWN = "own"
    DISTRICT = "district"


@dataclass(frozen=True)
class Example:
    """A request that somebody who is allowed to would make; `form` for pages that take one, `files`
    for uploads."""

    path: Mapping[str, object] = field(default_factory=dict)
    json: object = None
    form: Mapping[str, object] | None = None
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    place: Place = Place.NOWHERE

    def parts(self) -> dict[str, object]:
        """`files` (name of the part: file name and bytes) as the test client takes them, once."""
        return {part: (io.BytesIO(raw), name) for part, (name, raw) in self.files.items()}


@dataclass
class Side:
    """A school, in an open unit of work, and what was made there for one request.

    `owner` is the id of the account that objects belong to which belong to one.
    """

    db: Session
    now: datetime
    site: int
    room: int
    owner: int
    made: dict[str, int] = field(default_factory=dict)

    def get(self, name: str) -> int:
        """The id of an object of this side, made on first use."""
        if name in {"site", "room"}:
            return int(getattr(self, name))
        if name not in self.made:
            self.made[name] = MAKERS[name](self)
        return self.made[name]

    def fill(self, template: Any) -> Any:
        """The template with every `$name` replaced."""
        if template == "$unique":
            return f"u{os.urandom(6).hex()}"
        if isinstance(template, str) and template.startswith("$"):
            return self.get(template[1:])
        if isinstance(template, Mapping):
            return {key: self.fill(value) for key, value in template.items()}
        if isinstance(template, list):
            return [self.fill(value) for value in template]
        return template


MAKERS: dict[str, Callable[[Side], int]] = {}
ROUTES: dict[str, Example] = {}


def load() -> None:
    """Gather what the modules of this package hold; two examples of one route, or two
    makers of one name, are a mistake."""
    for module in pkgutil.iter_modules(__path__):
        found = importlib.import_module(f"{__name__}.{module.name}")
        for name, example in getattr(found, "ROUTES", {}).items():
            assert name not in ROUTES, f"{name} has two examples"
            ROUTES[name] = example
        for name, maker in getattr(found, "MAKERS", {}).items():
            assert MAKERS.setdefault(name, maker) is maker, f"two makers are called {name}"


load()
