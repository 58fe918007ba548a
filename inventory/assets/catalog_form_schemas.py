"""Query arguments and forms of the catalog's pages."""

from marshmallow import fields, validate

from inventory.assets.custom_fields import MAX_CHOICES
from inventory.assets.custom_rules import KEY, LARGEST
from inventory.assets.form_schemas import VERSION, Number
from inventory.assets.kinds import Category, FieldKind
from inventory.assets.schemas import MAX_ID, category
from inventory.schema import ObjectSchema, Text
from inventory.web.forms import Lines

_ROW = validate.Range(min=1, max=MAX_ID)


class MakersArgs(ObjectSchema):
    q = fields.String(load_default="", validate=validate.Length(max=120))
    provisional = fields.Boolean()
    after = fields.String(validate=validate.Length(max=500))


class ModelsArgs(MakersArgs):
    manufacturer_id = fields.Integer(validate=_ROW)


class MakerArgs(ObjectSchema):
    manufacturer_id = fields.Integer(validate=_ROW)


class IntoMakerArgs(ObjectSchema):
    """The maker that stays, in any spelling."""

    into = Text(max_length=120, load_default="")


class IntoModelArgs(ObjectSchema):
    into = fields.Integer(validate=_ROW)


class NewMakerForm(ObjectSchema):
    name = Text(max_length=120, min_length=1, required=True)


class MakerForm(NewMakerForm):
    version = fields.Integer(required=True, validate=VERSION)
    confirmed = fields.Boolean(load_default=False)


class NewModelForm(ObjectSchema):
    manufacturer = Text(max_length=120, min_length=1, required=True)
    name = Text(max_length=200, min_length=1, required=True)
    category = category(allow_none=True, load_default=None)
    part_number = Text(max_length=80, load_default="")


class ModelForm(ObjectSchema):
    version = fields.Integer(required=True, validate=VERSION)
    name = Text(max_length=200, min_length=1, required=True)
    category = category(allow_none=True, load_default=None)
    part_number = Text(max_length=80, load_default="")
    confirmed = fields.Boolean(load_default=False)


class VersionForm(ObjectSchema):
    version = fields.Integer(required=True, validate=VERSION)


class ConfirmForm(VersionForm):
    """`back`: the query of the list that one comes from."""

    back = fields.String(load_default="", validate=validate.Length(max=1000))


class MergeForm(VersionForm):
    """`version`: of the one that goes; `into_version`: of the one that stays."""

    into = fields.Integer(required=True, validate=_ROW)
    into_version = fields.Integer(required=True, validate=VERSION)


class FieldForm(ObjectSchema):
    """A field of the district's own; its key and kind stay for good."""

    version = fields.Integer(required=True, validate=VERSION)
    label = Text(max_length=80, min_length=1, required=True)
    help = Text(max_length=300, load_default="")
    categories = fields.List(fields.Enum(Category, by_value=True), load_default=list)
    choices = Lines(max_lines=MAX_CHOICES, max_length=100, load_default=list)
    required = fields.Boolean(load_default=False)
    max_length = fields.Integer(load_default=500, validate=validate.Range(min=1, max=4000))
    minimum = Number(
        allow_none=True, load_default=None, validate=validate.Range(min=-LARGEST, max=LARGEST)
    )
    maximum = Number(
        allow_none=True, load_default=None, validate=validate.Range(min=-LARGEST, max=LARGEST)
    )
    archived = fields.Boolean(load_default=False)


class NewFieldForm(FieldForm):
    key = fields.String(
        required=True,
        validate=validate.Regexp(
            rf"\A{KEY.pattern}\Z", error="A small letter first, then a-z, 0-9 and _ only."
        ),
    )
    kind = fields.Enum(FieldKind, by_value=True, required=True)

    class Meta(FieldForm.Meta):
        exclude = ("version", "archived")
