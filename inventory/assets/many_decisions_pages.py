"""The page on which many observations are decided: what would happen, then the same for good.

Whose observations they are (a sweep's, a vendor's) says the template that extends
assets/decide_many.html.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from inventory.assets.deciding import NewAsset
from inventory.assets.many_decisions import REFUSED, Result, Row
from inventory.assets.offering_pages import offered
from inventory.web.forms import Form
from inventory.web.pages import page


@dataclass(frozen=True, slots=True)
class Line:
    """What was seen, with what would become of it. `problem`: why it would be refused, or ""."""

    row: Any
    revision: int
    problem: str


def wanted(picked: Mapping[int, int], data: Mapping[str, Any]) -> list[Row]:
    """What a `BulkForm` asks for of the observations by their ids, with their revisions."""
    new = NewAsset(None, data["prefix"], data["site_id"], data["status"])
    return [
        Row(id_, data["action"], None, new, revision, data["reason"])
        for id_, revision in picked.items()
    ]


def problems(results: Sequence[Result]) -> dict[int, str]:
    """Why the refused ones were."""
    return {each.id: each.problem for each in results if each.status == REFUSED}


def preview(
    template: str, form: Form, lines: Sequence[Line], *, back: str, around: int | None,
    **more: Any,
) -> Response:  # fmt: skip
    """The page again, with a result in each line. `around`: the place that all lie at, if any."""
    refused = sum(bool(line.problem) for line in lines)
    return page(
        template, status=form.status, form=form, lines=lines, back=back, refused=refused,
        good=len(lines) - refused, action=form.data["action"], **offered(around), **more,
    )  # fmt: skip


def nothing(template: str, form: Form, back: str) -> Response:
    """The page where the form says nothing that can be done."""
    return page(template, status=form.status, form=form, lines=[], back=back, action="")
