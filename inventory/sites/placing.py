"""Places as people type and choose them: "North School > Main Building > Room 12". Pure rules."""

import re
from collections.abc import Iterable, Sequence

from inventory.sites.models import SiteKind
from inventory.sites.naming import Spot

FEW = 400
"""So many places are offered whole; of more, rooms only in the school that matters."""

_BETWEEN = re.compile(r"[\u203a>/]")


def near(known: Sequence[Spot], around: int | None = None) -> list[Spot]:
    """Those that a list offers; the place `around` and the rooms of its school are among them."""
    if len(known) <= FEW:
        return list(known)
    school = next((_top(spot) for spot in known if spot.id == around), None)
    return [spot for spot in known if spot.kind is not SiteKind.ROOM or _top(spot) == school]


def found(known: Iterable[Spot], text: str) -> list[Spot]:
    """The places that a text names by the whole way to them; more than one where two are alike."""
    wanted = _plain(_BETWEEN.split(text))
    return [spot for spot in known if _plain((*spot.around[::-1], spot.name)) == wanted]


def _top(spot: Spot) -> str:
    return spot.around[-1] if spot.around else spot.name


def _plain(names: Iterable[str]) -> tuple[str, ...]:
    # A name may hold a dash or a slash itself: it is read as the text would be.
    split = (part for name in names for part in _BETWEEN.split(name))
    return tuple(" ".join(part.split()).casefold() for part in split)
