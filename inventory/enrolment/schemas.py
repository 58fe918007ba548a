"""What a script may send, and what it is answered."""

from marshmallow import fields, validate

from inventory.assets.kinds import Category
from inventory.enrolment.models import EnrolledState
from inventory.enrolment.reports import (
    MOST_ADMINISTRATORS,
    MOST_GUARDS,
    MOST_MACS,
    MOST_SOFTWARE,
)
from inventory.enrolment.service import Came
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text

SYSTEMS = ("windows", "macos", "linux", "chromeos", "other")
KINDS = [Category.LAPTOP, Category.WORKSTATION, Category.TABLET, Category.SERVER]


def _maybe() -> fields.Boolean:
    return fields.Boolean(load_default=None, allow_none=True, truthy={True}, falsy={False})


class GuardReport(ObjectSchema):
    """One anti-malware product."""

    product = Text(max_length=120, min_length=1, required=True)
    running = _maybe()
    definitions_on = Text(
        max_length=10, load_default=None, allow_none=True,
        validate=validate.Regexp(r"\d{4}-\d\d-\d\d\Z", error="is a day, as 2026-11-25"),
    )  # fmt: skip


class SoftwareReport(ObjectSchema):
    """One installed program."""

    name = Text(max_length=300, required=True)
    version = Text(max_length=200, load_default="")


class EnrolmentReport(ObjectSchema):
    """What a computer tells of itself. What is left out is unknown, which is not "none"."""

    manufacturer = Text(max_length=120, load_default="")
    model = Text(max_length=200, load_default="")
    serial = Text(max_length=120, load_default="")
    kind = fields.Enum(
        Category, by_value=True, load_default=None, allow_none=True,
        validate=validate.OneOf(KINDS),
    )  # fmt: skip
    name = Text(max_length=200, load_default="")
    system = fields.String(load_default="", validate=validate.OneOf(("", *SYSTEMS)))
    system_version = Text(max_length=200, load_default="")
    macs = fields.List(
        Text(max_length=40), load_default=list, validate=validate.Length(max=MOST_MACS)
    )
    encrypted = _maybe()
    firewall = _maybe()
    antimalware = fields.List(
        fields.Nested(GuardReport), load_default=None, allow_none=True,
        validate=validate.Length(max=MOST_GUARDS),
    )  # fmt: skip
    administrators = fields.List(
        Text(max_length=200), load_default=None, allow_none=True,
        validate=validate.Length(max=MOST_ADMINISTRATORS),
    )  # fmt: skip
    software = fields.List(
        fields.Nested(SoftwareReport), load_default=None, allow_none=True,
        validate=validate.Length(max=MOST_SOFTWARE),
    )  # fmt: skip
    tag = Text(max_length=64, load_default="")
    site_id = fields.Integer(load_default=None, allow_none=True, validate=ROW_ID)


class SerialReport(EnrolmentReport):
    """What a computer tells beside maker and serial number, which stand in the address."""

    class Meta(EnrolmentReport.Meta):
        exclude = ("manufacturer", "serial")


class EnrolmentArgs(ObjectSchema):
    dry_run = fields.Boolean(load_default=False)


class EnrolmentAnswer(ObjectSchema):
    """What the report came to; `tag` is what belongs on the device's label."""

    outcome = fields.Enum(Came, by_value=True, required=True)
    tag = fields.String(required=True)
    asset_id = fields.Integer(required=True, allow_none=True)
    reasons = fields.List(fields.String(), required=True)


class EnrolledStateView(TableSchema):
    """What a computer last told of itself."""

    class Meta(TableSchema.Meta):
        model = EnrolledState
        fields = (
            "asset_id", "system", "system_version", "encrypted", "firewall", "antimalware",
            "administrators", "software", "told_by", "first_at", "changed_at", "told_at",
        )  # fmt: skip

    antimalware = fields.List(fields.Dict(), allow_none=True)
    administrators = fields.List(fields.String(), allow_none=True)
    software = fields.List(fields.List(fields.String()), allow_none=True)
