"""The forms with which findings are decided. Each carries the revision that was looked at."""

import re

from marshmallow import fields, validate

from inventory.assets import policy
from inventory.assets.kinds import Status
from inventory.discovery.review import OLD_STATUSES
from inventory.discovery.review_bulk import MAX_ROWS
from inventory.discovery.schemas import MAX_ID
from inventory.schema import ObjectSchema, Text

NEW, KNOWN = "new", "known"
ACCEPT, IGNORE = "accept", "ignore"
PREVIEW, APPLY = "preview", "apply"
CHOICE = re.compile(r"[1-9]\d{0,9}\.[1-9]\d{0,9}", re.ASCII)
"""A finding's id and its revision, as a check box holds them."""

QUERY = re.compile(r"[\w=&.%+-]{0,300}", re.ASCII)
INITIAL = sorted(policy.INITIAL)


def row_id(**options: object) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=1, max=MAX_ID), **options)  # type: ignore[arg-type]


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


class AttachForm(RevisionForm):
    """It is the asset with this tag."""

    tag = Text(max_length=64, min_length=1, required=True)


class IgnoreForm(RevisionForm):
    reason = reason()


class SameForm(RevisionForm):
    """It is this asset after all."""

    asset_id = row_id(required=True)
    replace_hardware = fields.Boolean(load_default=False)
    reason = reason()


class ReplacedForm(AcceptForm):
    """Another device stands where this asset stood: a new one, or one with a tag already."""

    asset_id = row_id(required=True)
    old_status = fields.Enum(
        Status,
        by_value=True,
        load_default=Status.RETIRED,
        validate=validate.OneOf(sorted(OLD_STATUSES)),
    )
    becomes = fields.String(load_default=NEW, validate=validate.OneOf([NEW, KNOWN]))
    known_tag = Text(max_length=64, load_default=None, allow_none=True)
    reason = reason()


class BulkForm(PlacedForm):
    """Several findings at once: first what would happen, then the same for good."""

    action = fields.String(required=True, validate=validate.OneOf([ACCEPT, IGNORE]))
    step = fields.String(load_default=PREVIEW, validate=validate.OneOf([PREVIEW, APPLY]))
    row = fields.List(
        fields.String(validate=validate.Regexp(re.compile(CHOICE.pattern + r"\Z", re.ASCII))),
        required=True,
        validate=validate.Length(min=1, max=MAX_ROWS),
    )
    reason = reason()
    back = fields.String(
        load_default="", validate=validate.Regexp(re.compile(QUERY.pattern + r"\Z", re.ASCII))
    )


def chosen(rows: list[str]) -> dict[int, int]:
    """The revisions by the findings' ids; of a finding that is named twice the last one."""
    pairs = (text.split(".") for text in rows)
    return {int(id_): int(revision) for id_, revision in pairs}
