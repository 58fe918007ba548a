"""What the pages of admin rights take."""

from marshmallow import fields, validate

from inventory.admin_ledger.models import Level
from inventory.admin_rights.policy import LONGEST_TEMPORARY
from inventory.schema import ROW_ID, ObjectSchema, Text

WAITING, IN_FORCE, SOON, ENDED = "waiting", "in_force", "soon", "ended"
HOURS = int(LONGEST_TEMPORARY.total_seconds() // 3600)


class GrantListArgs(ObjectSchema):
    """What to show. `site`: where the device is, with all within it."""

    show = fields.String(validate=validate.OneOf([WAITING, IN_FORCE, SOON, ENDED]), load_default="")
    site = fields.Integer(validate=ROW_ID, load_default=None)
    after = fields.Integer(validate=ROW_ID, load_default=None)


class AskForArgs(ObjectSchema):
    """The tag of the device that the form begins with."""

    tag = Text(max_length=64, load_default="")


class AskForForm(ObjectSchema):
    """For whom, on what, how long. `find`: only look for people whose family name begins with `q`;
    posted, so that no name stands in an address. `hours` for a while, or until the end of a day."""

    q = Text(max_length=120, load_default="")
    find = fields.Boolean(load_default=False)
    person_id = fields.Integer(validate=ROW_ID, load_default=None, allow_none=True)
    tag = Text(max_length=64, load_default="")
    level = fields.Enum(Level, by_value=True, load_default=Level.ADMINISTRATOR)
    hours = fields.Integer(validate=validate.Range(1, HOURS), load_default=None, allow_none=True)
    until = fields.Date(load_default=None, allow_none=True)
    reason = Text(max_length=1000, load_default="")
    ticket = Text(max_length=80, load_default="")


class YesForm(ObjectSchema):
    """`seen`: the version that was looked at."""

    seen = fields.Integer(validate=ROW_ID, required=True)
    note = Text(max_length=1000, load_default="")


class NoForm(ObjectSchema):
    """Why not, or why no longer."""

    seen = fields.Integer(validate=ROW_ID, required=True)
    reason = Text(max_length=1000, load_default="")
