"""The forms of agreements: a new one, a new text, a signature."""

from marshmallow import fields, validate

from inventory.agreements.models import (
    NAME_LENGTH,
    SIGNED_NAME_LENGTH,
    STROKES_LENGTH,
    TEXT_LENGTH,
    Audience,
    Language,
    Per,
)
from inventory.assets.kinds import Category
from inventory.schema import ROW_ID, ObjectSchema, Text


class TextForm(ObjectSchema):
    """A text in both languages; the Spanish one may be left out."""

    text_en = Text(max_length=TEXT_LENGTH, min_length=1, required=True)
    text_es = Text(max_length=TEXT_LENGTH, load_default="")


class NewForm(TextForm):
    """What is asked of whom, for which kinds of devices."""

    name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    audience = fields.Enum(Audience, by_value=True, required=True)
    per = fields.Enum(Per, by_value=True, required=True)
    kinds = fields.List(
        fields.Enum(Category, by_value=True), required=True,
        validate=validate.Length(min=1, max=len(Category)),
    )  # fmt: skip
    loans = fields.Boolean(load_default=False)


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
