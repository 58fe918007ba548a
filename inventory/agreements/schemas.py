"""What the API shows and takes of agreements."""

from marshmallow import fields, validate

from inventory.agreements.models import NAME_LENGTH, TEXT_LENGTH, AgreementVersion, Audience, Per
from inventory.assets.kinds import Category
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text


class AgreementTextView(TableSchema):
    """A published text; in force while `withdrawn_at` is null."""

    class Meta(TableSchema.Meta):
        model = AgreementVersion
        fields = (
            "id", "number", "text_en", "text_es", "sha256_en", "sha256_es", "published_at",
            "published_by", "withdrawn_at", "withdrawn_by",
        )  # fmt: skip


class AgreementView(ObjectSchema):
    """What is asked of whom, with all texts, newest first."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    audience = fields.Enum(Audience, by_value=True, required=True)
    per = fields.Enum(Per, by_value=True, required=True)
    loans = fields.Boolean(required=True)
    kinds = fields.List(fields.Enum(Category, by_value=True), required=True)
    versions = fields.List(fields.Nested(AgreementTextView), required=True)


class AgreementList(ObjectSchema):
    """All agreements: a district has a few."""

    items = fields.List(fields.Nested(AgreementView), required=True)


class AgreementText(ObjectSchema):
    """A text in both languages."""

    text_en = Text(max_length=TEXT_LENGTH, min_length=1, required=True)
    text_es = Text(max_length=TEXT_LENGTH, load_default="")


class NewAgreement(AgreementText):
    """What is asked of whom, for which kinds of devices."""

    name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    audience = fields.Enum(Audience, by_value=True, required=True)
    per = fields.Enum(Per, by_value=True, required=True)
    kinds = fields.List(
        fields.Enum(Category, by_value=True), required=True,
        validate=validate.Length(min=1, max=len(Category)),
    )  # fmt: skip
    loans = fields.Boolean(load_default=False)


class MissingArgs(PageArgs):
    """Filters of what is not signed."""

    school = fields.Integer(validate=ROW_ID, metadata={"description": "the person's own school"})
    agreement_id = fields.Integer(validate=ROW_ID)


class MissingView(ObjectSchema):
    """A signature that is asked for."""

    custody_id = fields.Integer(required=True)
    agreement_id = fields.Integer(required=True)
    asset_id = fields.Integer(required=True)
    tag = fields.String(required=True)
    person_id = fields.Integer(required=True)
    person = fields.String(required=True)
    declined_at = fields.AwareDateTime(allow_none=True, required=True)


MissingPage = page_of(MissingView)


class SignLinkView(ObjectSchema):
    """A link that is told this once."""

    url = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
