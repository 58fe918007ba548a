"""What the API and the pages take and show of second factors."""

from marshmallow import fields, validate

from inventory.accounts.factor_models import Method
from inventory.accounts.schemas import PASSWORD, SessionBegun
from inventory.accounts.stepping_up import BINDING_LENGTH
from inventory.schema import ObjectSchema

CODE = validate.Length(max=80)


class SignInAnswer(SessionBegun):
    """A session that has begun; it opens nothing while the second factor is needed."""

    second_factor_needed = fields.Boolean(required=True)


class ProofForm(ObjectSchema):
    """The password, and a code of the app or for a lost app where there is a factor already."""

    password = fields.String(required=True, load_only=True, validate=PASSWORD)
    code = fields.String(load_default="", load_only=True, validate=CODE)


class CodeForm(ObjectSchema):
    """The code that the app shows now."""

    code = fields.String(required=True, load_only=True, validate=CODE)


class ConfirmForm(ObjectSchema):
    """A code; or the password, where no second factor is asked."""

    code = fields.String(load_default="", load_only=True, validate=CODE)
    password = fields.String(load_default="", load_only=True, validate=PASSWORD)


class Confirmation(ConfirmForm):
    """`binding`: the text that names the act, as the act's own answer gives it."""

    binding = fields.String(required=True, validate=validate.Length(min=1, max=BINDING_LENGTH))


class Confirmed(ObjectSchema):
    """By what it was confirmed."""

    method = fields.Enum(Method, by_value=True, required=True)


class FactorsView(ObjectSchema):
    """What my account has besides the password; `asked`: whether my roles ask for it."""

    app = fields.Boolean(required=True)
    app_since = fields.AwareDateTime(attribute="since", allow_none=True, required=True)
    recovery_codes_left = fields.Integer(attribute="codes", required=True)
    asked = fields.Boolean(required=True)


class AppBegun(ObjectSchema):
    """What the authenticator app is told, once; `seed` is base32."""

    seed = fields.String(required=True)
    uri = fields.String(required=True)


class RecoveryCodes(ObjectSchema):
    """Shown this once."""

    recovery_codes = fields.List(fields.String(), required=True)
