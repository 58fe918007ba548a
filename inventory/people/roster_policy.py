"""When an import is too much to be believed. Pure rules.

A wrong file, an export that broke off, or columns that changed places look like a year's worth of
changes in one night. The guard then asks somebody to name the number, and to say why.
"""

from dataclasses import dataclass
from typing import Any

KNOWN_PERCENT = 80
"""A whole roster names at least this share of the people whom it named before."""

RENAMED_PERCENT = 20
"""More new names than this at once, and columns have changed places."""

Finding = dict[str, Any]
"""rule: leaving, few_known, renamed or nameless; number: so many people; of: of so many."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan comes to.

    active    people of the source who are active now
    named     those of them whom the file names in any way
    nameless  rows of which not even the key could be read
    """

    active: int
    named: int
    leaving: int
    renamed: int
    nameless: int
    partial: bool


def findings(figures: Figures, max_leaving_percent: int) -> list[Finding]:
    """What the guard objects to; nothing where the plan may be applied as it is."""
    found: list[Finding] = []
    of = figures.active

    def object_to(rule: str, number: int) -> None:
        found.append({"rule": rule, "number": number, "of": of})

    if figures.leaving * 100 > of * max_leaving_percent:
        object_to("leaving", figures.leaving)
    if not figures.partial and figures.named * 100 < of * KNOWN_PERCENT:
        object_to("few_known", of - figures.named)
    if figures.renamed * 100 > of * RENAMED_PERCENT:
        object_to("renamed", figures.renamed)
    if figures.nameless and figures.leaving:
        object_to("nameless", figures.nameless)
    return found


def number_to_name(found: list[Finding]) -> int | None:
    """The number that overrides the guard: of the gravest finding; None where there is none."""
    return max((finding["number"] for finding in found), default=None)
