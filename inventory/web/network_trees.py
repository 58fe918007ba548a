"""Where a building's boxes lie: the core across, the others below in columns, on cables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from inventory.web import chart_words as words
from inventory.web.chart_svg import fitted, joined, tag, visible
from inventory.web.network_boxes import Box, box_of, draw_box
from inventory.web.network_links import Cable, Cables, Forest
from inventory.web.network_model import short_port

COLUMNS, GAP, INDENT, CABLE, BELOW = 3, 16, 18, 19, 8
"""Columns; between two; of what hangs from a box; height of a cable's label; under a box."""

DEEPEST = 4
"""Indents of a column; whatever hangs deeper is not set in any further."""

ELBOW = 14
"""Below a box's upper edge, where its cable enters."""


@dataclass(frozen=True, slots=True)
class Drawing:
    svg: Markup
    height: float


@dataclass(frozen=True, slots=True)
class Branch:
    """A switch and all that hangs from it, laid out below each other."""

    box: Box
    cables: Sequence[Cable]
    branches: Sequence["Branch"]
    indent: float

    @property
    def height(self) -> float:
        return CABLE + self.box.height + BELOW + sum(branch.height for branch in self.branches)


def draw_forest(
    cables: Cables, forest: Forest, x: float, y: float, width: float, prefix: str
) -> Drawing:
    """All switches of a building, beginning at x, y."""
    grow = partial(_branch, cables, forest)
    parts: list[Markup] = []
    top = y
    for root in (place for place in forest.roots if forest.children[place]):
        core = box_of(cables, root, None, forest.children[root], width)
        column = (width - (COLUMNS - 1) * GAP) / COLUMNS
        limbs = [grow(place, root, column - INDENT, 1) for place in forest.children[root]]
        parts.append(draw_box(core, x, top, prefix))
        top += core.height
        below = _draw_columns(limbs, x, top, column, prefix, hanging=True)
        parts.append(below.svg)
        top += below.height + GAP
    alone = [place for place in forest.roots if not forest.children[place]]
    if alone and parts:
        parts.append(tag("text", str(words.NO_LINK), x=x, y=top + 6, class_="map-small"))
        top += 14
    column = (width - (COLUMNS - 1) * GAP) / COLUMNS
    boxes = [grow(place, None, column, 1) for place in alone]
    last = _draw_columns(boxes, x, top - CABLE + 2, column, prefix, hanging=False)
    parts.append(last.svg)
    return Drawing(joined(parts), top - y + (last.height - CABLE if alone else -GAP))


def _branch(
    cables: Cables, forest: Forest, place: int, parent: int | None, width: float, depth: int
) -> Branch:
    indent = INDENT if depth < DEEPEST else 0
    below = forest.children[place]
    box = box_of(cables, place, parent, below, width)
    limbs = [_branch(cables, forest, c, place, width - indent, depth + 1) for c in below]
    return Branch(box, cables.of(parent, place) if parent is not None else (), limbs, indent)


def _draw_columns(
    branches: Sequence[Branch], x: float, y: float, column: float, prefix: str, *, hanging: bool
) -> Drawing:
    parts, highest = [], 0.0
    for place, members in enumerate(_shared([branch.height for branch in branches])):
        left, top = x + place * (column + GAP), y
        for branch in (branches[member] for member in members):
            if hanging:
                parts.append(_cable(branch, left + 6, y, left + INDENT, top))
            parts.append(_draw_branch(branch, left + (INDENT if hanging else 0), top, prefix))
            top += branch.height
        highest = max(highest, top - y)
    return Drawing(joined(parts), highest)


def _shared(heights: Sequence[float]) -> list[list[int]]:
    """Columns of about one height; within a column, and by their first members, in order."""
    columns: list[list[int]] = [[] for _ in range(COLUMNS)]
    filled = [0.0] * COLUMNS
    for place in sorted(range(len(heights)), key=lambda place: (-heights[place], place)):
        shortest = filled.index(min(filled))
        columns[shortest].append(place)
        filled[shortest] += heights[place]
    return sorted(sorted(column) for column in columns if column)


def _draw_branch(branch: Branch, x: float, y: float, prefix: str) -> Markup:
    parts = [draw_box(branch.box, x, y + CABLE, prefix)]
    bottom = y + CABLE + branch.box.height
    top = bottom + BELOW
    for limb in branch.branches:
        trunk = x + 8 if branch.indent else x - 6
        parts.append(_cable(limb, trunk, bottom, x + branch.indent, top))
        parts.append(_draw_branch(limb, x + branch.indent, top, prefix))
        top += limb.height
    return joined(parts)


def _cable(branch: Branch, trunk: float, start: float, left: float, top: float) -> Markup:
    """A line from above to the side of the box, and the ports at its two ends."""
    into = top + CABLE + ELBOW
    way = f"M{trunk:.0f},{start:.0f}V{into - 6:.0f}q0,6 6,6H{left:.0f}"
    full = ", ".join(f"{visible(a, 80) or '?'} → {visible(b, 80) or '?'}" for a, b in branch.cables)
    short = ", ".join(f"{short_port(a) or '?'} → {short_port(b) or '?'}" for a, b in branch.cables)
    return tag(
        "g", tag("title", full), tag("path", d=way, class_="map-cable"),
        tag("text", fitted(short, branch.box.width - 4, 10.5), x=left + 2, y=top + CABLE - 5,
            class_="map-small"),
    )  # fmt: skip
