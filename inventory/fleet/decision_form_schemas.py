"""The form that says which asset a vendor's device is."""

from marshmallow import fields

from inventory.assets.deciding_form_schemas import RevisionForm, reason, row_id
from inventory.schema import Text


class SameForm(RevisionForm):
    """One of those that are offered, or the one with this tag; a tag that is typed wins."""

    asset_id = row_id(load_default=None, allow_none=True)
    tag = Text(max_length=64, load_default=None, allow_none=True)
    replace_hardware = fields.Boolean(load_default=False)
    reason = reason()
