"""The forms of agreements: a new one, a new text, a signature."""

from marshmallow import fields, validate

from inventory.agreements.models import (
    SIGNED_NAME_LENGTH,
    STROKES_LENGTH,
    Language,
)
from inventory.schema import ROW_ID, ObjectSchema, Text


class SignForm(ObjectSchema):
    """A signature, or with `decline` a no."""

    name = Text(max_length=SIGNED_NAME_LENGTH, load_default="")
    strokes = fields.String(load_default="", validate=validate.Length(max=STROKES_LENGTH))
    language = fields.Enum(Language, by_value=True, load_default=Language.ENGLISH)
    decline = fields.Boolean(load_default=False)


class NothingForm(ObjectSchema):
    """Nothing but the button."""


class ReadArgs(ObjectSchema):
    """In which language the text is shown."""

    language = fields.Enum(Language, by_value=True, load_default=None)


class ListArgs(ObjectSchema):
    """Whose signatures are shown as missing: of one school; `after` as the page before told."""

    school = fields.Integer(validate=ROW_ID, load_default=None)
    after = Text(max_length=200, load_default="")
