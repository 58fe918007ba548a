"""What the API and the pages take and show of second factors."""

import json
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.accounts.factor_models import Method, WebAuthnCredential
from inventory.accounts.factor_rules import KEY_LABEL
from inventory.accounts.schemas import PASSWORD, SessionBegun
from inventory.accounts.stepping_up import BINDING_LENGTH
from inventory.schema import ObjectSchema, TableSchema, Text

CODE = validate.Length(max=80)
ANSWER_LENGTH = 20_000
"""Characters of a security key's answer; usual ones have 1,000, or 5,000 with a certificate."""


class KeyAnswer(fields.Field[dict[str, Any]]):
    """What `navigator.credentials` gave, as JSON (`PublicKeyCredential.toJSON`); a form holds it as
    text, blank where no key was used."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(
            required=required, allow_none=not required, load_only=True,
            load_default=ma.missing if required else None, metadata={"type": "object"},
        )  # fmt: skip

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_more: Any) -> dict[str, Any]:
        if isinstance(value, str):
            if len(value) > ANSWER_LENGTH:
                raise ma.ValidationError("Too long.")
            try:
                value = json.loads(value)
            except (ValueError, RecursionError) as wrong:
                raise ma.ValidationError("Not valid JSON.") from wrong
        if not isinstance(value, dict):
            raise ma.ValidationError("Not a valid mapping type.")
        return value


class _EitherOf(ObjectSchema):
    """A code or a security key: one of them must be there."""

    code = fields.String(load_default="", load_only=True, validate=CODE)
    key = KeyAnswer()

    @ma.validates_schema
    def _one(self, data: dict[str, Any], **_more: object) -> None:
        if not data.get("code", "").strip() and data.get("key") is None:
            raise ma.ValidationError("Missing data for required field.", "code")


class SignInAnswer(SessionBegun):
    """A session that has begun; it opens nothing while the second factor is needed."""

    second_factor_needed = fields.Boolean(required=True)


class ProofForm(ObjectSchema):
    """The password, and where there is a factor already a code of the app, a code for a lost
    factor, or the answer of a security key."""

    password = fields.String(required=True, load_only=True, validate=PASSWORD)
    code = fields.String(load_default="", load_only=True, validate=CODE)
    key = KeyAnswer()


class SecondStep(_EitherOf):
    """A code of the app, a recovery code, or the answer of a security key."""


class NewKey(ProofForm):
    """And what its owner calls the new security key."""

    label = Text(max_length=KEY_LABEL, min_length=1, required=True)


class MadeKey(ObjectSchema):
    """What the new security key answered."""

    label = Text(max_length=KEY_LABEL, min_length=1, required=True)
    key = KeyAnswer(required=True)


class CodeForm(ObjectSchema):
    """The code that the app shows now."""

    code = fields.String(required=True, load_only=True, validate=CODE)


class ConfirmForm(ObjectSchema):
    """A code or a security key; or the password, where no second factor is asked."""

    code = fields.String(load_default="", load_only=True, validate=CODE)
    key = KeyAnswer()
    password = fields.String(load_default="", load_only=True, validate=PASSWORD)


class Confirmation(ConfirmForm):
    """`binding`: the text that names the act, as the act's own answer gives it."""

    binding = fields.String(required=True, validate=validate.Length(min=1, max=BINDING_LENGTH))


class Binding(ObjectSchema):
    """The text that names the act, as the act's own answer gives it."""

    binding = fields.String(required=True, validate=validate.Length(min=1, max=BINDING_LENGTH))


class KeyQuestion(ObjectSchema):
    """What `navigator.credentials` is given as `publicKey`, as JSON."""

    options = fields.Dict(keys=fields.String(), required=True)


class Confirmed(ObjectSchema):
    """By what it was confirmed."""

    method = fields.Enum(Method, by_value=True, required=True)


class KeyView(TableSchema):
    """One of my security keys; nothing in it is secret."""

    class Meta(TableSchema.Meta):
        model = WebAuthnCredential
        fields = ("id", "label", "backed_up", "created_at", "last_used_at")


class FactorsView(ObjectSchema):
    """What my account has besides the password; `asked`: whether my roles ask for it."""

    app = fields.Boolean(required=True)
    app_since = fields.AwareDateTime(attribute="since", allow_none=True, required=True)
    keys = fields.List(fields.Nested(KeyView), required=True)
    recovery_codes_left = fields.Integer(attribute="codes", required=True)
    asked = fields.Boolean(required=True)


class AppBegun(ObjectSchema):
    """What the authenticator app is told, once; `seed` is base32."""

    seed = fields.String(required=True)
    uri = fields.String(required=True)


class RecoveryCodes(ObjectSchema):
    """Shown this once."""

    recovery_codes = fields.List(fields.String(), required=True)
