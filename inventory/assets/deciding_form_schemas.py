"""The forms with which observations are decided. Each carries the revision that was looked at."""

import re

from marshmallow import fields, validate

from inventory.assets import policy
from inventory.assets.kinds import Status
from inventory.assets.many_decisions import ACCEPT, IGNORE
from inventory.assets.together import MAX_ROWS
from inventory.schema import ROW_ID, ObjectSchema, Text

PREVIEW, APPLY = "preview", "apply"
INITIAL = sorted(policy.INITIAL)
_CHOICE = re.compile(r"[1-9]\d{0,9}\.[1-9]\d{0,9}\Z", re.ASCII)
"""An observation's id and its revision, as a check box holds them."""

_QUERY = re.compile(r"[\w=&.%+-]{0,300}\Z", re.ASCII)


def row_id(**options: object) -> fields.Integer:
    return fields.Integer(validate=ROW_ID, **options)  # type: ignore[arg-type]


def reason() -> Text:
    return Text(max_length=1000, load_default="")


class RevisionForm(ObjectSchema):
    """A decision about what was seen as it was then."""

    revision = row_id(required=True)


class PlacedForm(ObjectSchema):
    """How a new asset is to be; without a tag it gets the next of a counter."""

    prefix = Text(max_length=40, load_default=None, allow_none=True)
    site_id = row_id(load_default=None, allow_none=True)
    status = fields.Enum(
        Status, by_value=True, load_default=Status.DEPLOYED, validate=validate.OneOf(INITIAL)
    )


class AcceptForm(RevisionForm, PlacedForm):
    """A new asset."""

    tag = Text(max_length=64, load_default=None, allow_none=True)


class IgnoreForm(RevisionForm):
    reason = reason()


class BulkForm(PlacedForm):
    """Several observations at once: first what would happen, then the same for good."""

    action = fields.String(required=True, validate=validate.OneOf([ACCEPT, IGNORE]))
    step = fields.String(load_default=PREVIEW, validate=validate.OneOf([PREVIEW, APPLY]))
    row = fields.List(
        fields.String(validate=validate.Regexp(_CHOICE)),
        required=True,
        validate=validate.Length(min=1, max=MAX_ROWS),
    )
    reason = reason()
    back = fields.String(load_default="", validate=validate.Regexp(_QUERY))


def chosen(rows: list[str]) -> dict[int, int]:
    """The revisions by the observations' ids; of one that is named twice the last one."""
    pairs = (text.split(".") for text in rows)
    return {int(id_): int(revision) for id_, revision in pairs}
