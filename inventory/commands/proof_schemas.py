"""What a form takes in which a person also confirms who they are."""

from marshmallow import fields

from inventory.accounts.factor_schemas import CODE, KeyAnswer
from inventory.accounts.schemas import PASSWORD
from inventory.schema import ObjectSchema


class ProofFields(ObjectSchema):
    """A code of the app, the answer of a security key, or the password where no factor is asked."""

    code = fields.String(load_default="", load_only=True, validate=CODE)
    password = fields.String(load_default="", load_only=True, validate=PASSWORD)
    key = KeyAnswer()
