"""The forms with which findings are decided, beside those of every observation."""

from marshmallow import fields, validate

from inventory.assets.deciding_form_schemas import AcceptForm, RevisionForm, reason, row_id
from inventory.assets.kinds import Status
from inventory.discovery.review import OLD_STATUSES
from inventory.schema import Text

NEW, KNOWN = "new", "known"


class AttachForm(RevisionForm):
    """It is the asset with this tag."""

    tag = Text(max_length=64, min_length=1, required=True)


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
