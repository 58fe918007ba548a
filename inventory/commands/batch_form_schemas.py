"""The form that asks for a command on many devices, in its steps."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.assets.bulk_form_schemas import MAX_BACK
from inventory.assets.schemas import MAX_ID, Lines
from inventory.assets.selecting import LIMIT
from inventory.commands.proof_schemas import ProofFields
from inventory.commands.requesting import BACKUP, MAX_MESSAGE, MAX_PHONE, MAX_REASON
from inventory.commands.schemas import CODES
from inventory.schema import Text
from mdm.types import Action

STEPS = ("look", "ask")
"""look: tell what would happen to each device; ask: do ask for it."""


class Ids(fields.Field[list[int]]):
    """Ids of assets as `3,17`, each once."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> list[int]:
        found = ids_in(str(value))
        if not found:
            raise ma.ValidationError("The selection cannot be read; choose the rows again.")
        return found


def ids_in(text: str) -> list[int]:
    """The ids of `3,17`; empty where any part of it cannot be read, or there are too many."""
    parts = text.split(",", LIMIT)
    if len(parts) > LIMIT or not all(p.isascii() and p.isdigit() and len(p) < 11 for p in parts):
        return []
    found = list(dict.fromkeys(map(int, parts)))
    return found if all(0 < id_ <= MAX_ID for id_ in found) else []


class BatchForm(ProofFields):
    """What is asked of many devices.

    again   set: back to the choice of the action and the reason
    uid     counts once, however often it is sent
    digest  of the list that was shown: what is confirmed is what was seen
    """

    step = fields.String(required=True, validate=validate.OneOf(STEPS))
    again = fields.String(load_default="", validate=validate.Length(max=10))
    ids = Ids(required=True)
    back = fields.String(load_default="", validate=validate.Length(max=MAX_BACK))
    action = fields.Enum(Action, by_value=True, required=True)
    reason = Lines(max_length=MAX_REASON, required=True)
    uid = fields.String(load_default="", validate=validate.Regexp(r"(?:[0-9a-f]{32})?\Z"))
    digest = fields.String(load_default="", validate=validate.Length(max=64))
    count = fields.Integer(load_default=None, allow_none=True)
    backup = fields.String(load_default="", validate=validate.OneOf(["", *BACKUP]))
    acknowledged = fields.List(
        fields.String(validate=validate.Length(max=40)), validate=CODES, load_default=list
    )
    message = Text(max_length=MAX_MESSAGE, load_default="")
    phone = Text(max_length=MAX_PHONE, load_default="")
