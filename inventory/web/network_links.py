"""Which switch hangs from which: cables told by either end, joined into trees. Pure rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from inventory.web.network_model import Natural, Switch, Uplink, natural

Cable = tuple[str, str]
"""The port at the one end and at the other; "" where it is not known."""


MOST_UPLINKS = 200
"""Of one switch; no switch has more ports that lead to switches."""


@dataclass(frozen=True, slots=True)
class Cables:
    """Switches by their place in one list, and the cables between them.

    between  (a, b) with a < b → their cables, a's port first
    near     of a switch, the others that it has cables to, in order
    away     of a switch, cables to others that are not in the list
    """

    switches: Sequence[Switch]
    between: Mapping[tuple[int, int], Sequence[Cable]]
    near: Mapping[int, Sequence[int]]
    away: Mapping[int, Sequence[Uplink]]

    def of(self, near: int, far: int) -> list[Cable]:
        """Cables between the two, the port at `near` first."""
        found = self.between.get((min(near, far), max(near, far)), ())
        turned = [cable if near < far else (cable[1], cable[0]) for cable in found]
        return sorted(turned, key=lambda cable: (natural(cable[0]), natural(cable[1])))


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees of one building: the core on top. order: each switch after the one it hangs from."""

    roots: Sequence[int]
    children: Mapping[int, Sequence[int]]
    order: Sequence[int]

    def cut(self, most: int) -> "Forest":
        """The first `most` switches only."""
        kept = set(self.order[:most])
        return Forest(
            [root for root in self.roots if root in kept],
            {place: [c for c in self.children[place] if c in kept] for place in kept},
            self.order[:most],
        )


def cables_of(switches: Sequence[Switch]) -> Cables:
    """All cables, each once even if both ends tell of it; a cable to itself is none."""
    places: dict[int, int] = {}
    for place, switch in enumerate(switches):
        places.setdefault(switch.asset_id, place)
    between: dict[tuple[int, int], list[Cable]] = {}
    away: dict[int, list[Uplink]] = {}
    for place, switch in enumerate(switches):
        told = sorted(switch.uplinks, key=lambda u: (natural(u.port), natural(u.far_port), u.to))
        for uplink in told[:MOST_UPLINKS]:
            far = places.get(uplink.to)
            if far is None:
                away.setdefault(place, []).append(uplink)
            elif far != place:
                cable = (uplink.port, uplink.far_port)
                if far < place:
                    cable = (cable[1], cable[0])
                _add(between.setdefault((min(place, far), max(place, far)), []), cable)
    near: dict[int, list[int]] = {}
    for a, b in sorted(between):
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    return Cables(switches, between, near, away)


def _add(cables: list[Cable], cable: Cable) -> None:
    """What one end knows completes what the other knows."""
    for place, known in enumerate(cables):
        pairs = list(zip(known, cable, strict=True))
        differ = any(a and b and a != b for a, b in pairs)
        meets = any(a and a == b for a, b in pairs) or not any(known) or not any(cable)
        if meets and not differ:
            cables[place] = (known[0] or cable[0], known[1] or cable[1])
            return
    cables.append(cable)


def forest_of(cables: Cables, building: Collection[int]) -> Forest:
    """The trees of a building's switches: from the one with most neighbours, nearest first."""
    inside = set(building)
    near = {place: [p for p in cables.near.get(place, ()) if p in inside] for place in inside}

    def by_name(place: int) -> tuple[Natural, int, int]:
        switch = cables.switches[place]
        return natural(switch.name), switch.asset_id, place

    tops = sorted(inside, key=lambda p: (-len(near[p]), -len(cables.near.get(p, ())), by_name(p)))
    roots: list[int] = []
    children: dict[int, list[int]] = {place: [] for place in inside}
    order: list[int] = []
    met: set[int] = set()
    for top in tops:
        if top in met:
            continue
        roots.append(top)
        met.add(top)
        queue = [top]
        for place in queue:  # grows while it is walked: nearest first
            for other in sorted(set(near[place]) - met, key=by_name):
                met.add(other)
                children[place].append(other)
                queue.append(other)
        order += queue
    return Forest(roots, children, order)
