"""How the API reads many decisions and answers them, of whatever was seen."""

from typing import Any

from flask import Response

from inventory.assets.deciding import NewAsset
from inventory.assets.deciding_schemas import DecisionBulkView
from inventory.assets.many_decisions import Outcome, Row
from inventory.http.problem import problem

NEW = ("tag", "prefix", "site_id", "status")


def rows_of(wanted: dict[str, Any]) -> list[Row]:
    """The rows of a `DecisionBulk`."""
    return [
        Row(
            item["id"], item["action"], item.get("asset_id"),
            NewAsset(**{name: item[name] for name in NEW if name in item}),
            item.get("revision"), item["reason"],
        )
        for item in wanted["rows"]
    ]  # fmt: skip


def answer(outcome: Outcome, *, dry_run: bool) -> Outcome | Response:
    """The outcome; 422 with the same results where a row was refused for good."""
    if not outcome.refused or dry_run:
        return outcome
    said = f"{outcome.refused} of {len(outcome.results)} rows are refused"
    return problem(422, "Nothing was changed", said, **DecisionBulkView().dump(outcome))
