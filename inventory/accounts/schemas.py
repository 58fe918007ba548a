"""What the API shows and takes of accounts, sessions and tokens."""

from marshmallow import fields, validate

from inventory.access import Permission, Role
from inventory.accounts.models import Account, ApiToken, LoginSession, RoleGrant
from inventory.accounts.policy import DISPLAY_LENGTH, MOST_USES, NAME_LENGTH
from inventory.accounts.tokens import LABEL_LENGTH, MAX_NETWORKS
from inventory.http.paging import PageArgs
from inventory.mail_address import LENGTH
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text

PASSWORD = validate.Length(max=1024)
SECRET = validate.Length(max=200)


class GrantView(TableSchema):
    """A role at a site and everything in it."""

    class Meta(TableSchema.Meta):
        model = RoleGrant
        fields = ("id", "role", "site_id", "granted_at", "granted_by")


class GrantDraft(ObjectSchema):
    """`site_id` null or left out: the whole district."""

    role = fields.Enum(Role, by_value=True, required=True)
    site_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=ROW_ID)


class AccountView(TableSchema):
    """An account with its roles; `can_sign_in` is false for programs."""

    class Meta(TableSchema.Meta):
        model = Account
        fields = (
            "id", "user_name", "display_name", "email", "must_change_password", "failed_logins",
            "locked_until", "last_login_at", "disabled_at", "created_at", "version", "grants",
            "can_sign_in",
        )  # fmt: skip

    grants = fields.List(fields.Nested(GrantView))
    can_sign_in = fields.Boolean()


class AccountDraft(ObjectSchema):
    """A new account; `sign_in` false makes one for a program, which gets tokens."""

    user_name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    display_name = Text(max_length=DISPLAY_LENGTH, load_default="")
    email = Text(max_length=LENGTH, load_default=None, allow_none=True)
    sign_in = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    grants = fields.List(
        fields.Nested(GrantDraft), load_default=list, validate=validate.Length(max=50)
    )


class AccountChange(ObjectSchema):
    """What may be changed; what is left out stays."""

    user_name = Text(max_length=NAME_LENGTH, min_length=1)
    display_name = Text(max_length=DISPLAY_LENGTH)
    email = Text(max_length=LENGTH, allow_none=True)


class AccountMade(AccountView):
    """A new account; the one-time password is shown this once."""

    class Meta(TableSchema.Meta):
        model = Account
        fields = (*AccountView.Meta.fields, "one_time_password")

    one_time_password = fields.String(allow_none=True)


class AccountArgs(PageArgs):
    """Filters of the list of accounts."""

    q = Text(max_length=NAME_LENGTH, metadata={"description": "beginning of the user name"})
    role = fields.Enum(Role, by_value=True)
    disabled = fields.Boolean()


class Reason(ObjectSchema):
    """Why; it goes into the audit log."""

    reason = Text(max_length=500, load_default="")


class OneTimePassword(ObjectSchema):
    """Shown this once; it must be changed at the next sign-in."""

    one_time_password = fields.String(required=True)


class SignIn(ObjectSchema):
    """A user name and its password."""

    user_name = fields.String(required=True, validate=validate.Length(max=NAME_LENGTH))
    password = fields.String(required=True, load_only=True, validate=PASSWORD)


class SetUp(ObjectSchema):
    """The set-up link's secret, and the first account."""

    secret = fields.String(required=True, load_only=True, validate=SECRET)
    user_name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    display_name = Text(max_length=DISPLAY_LENGTH, load_default="")
    password = fields.String(required=True, load_only=True, validate=PASSWORD)


class PasswordChange(ObjectSchema):
    """The password of now, and the one to come."""

    current = fields.String(required=True, load_only=True, validate=PASSWORD)
    password = fields.String(required=True, load_only=True, validate=PASSWORD)


class SessionBegun(ObjectSchema):
    """The answer to a sign-in; the session itself is in the cookie."""

    account_id = fields.Integer(required=True)
    user_name = fields.String(required=True)
    must_change_password = fields.Boolean(required=True)
    csrf_token = fields.String(
        required=True, metadata={"description": "send it as X-CSRF-Token with every change"}
    )
    expires_at = fields.AwareDateTime(required=True)


class ReachView(ObjectSchema):
    """Permissions and the sites they hold at; `site_ids` null is the whole district."""

    permissions = fields.List(fields.String(), required=True)
    site_ids = fields.List(fields.Integer(), allow_none=True, required=True)


class WhoAmI(ObjectSchema):
    """The caller of this request."""

    kind = fields.String(required=True, metadata={"description": "account or token"})
    account_id = fields.Integer(required=True)
    name = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)
    reach = fields.List(fields.Nested(ReachView), required=True)
    must_change_password = fields.Boolean(required=True)
    csrf_token = fields.String(allow_none=True, required=True)


class SessionView(TableSchema):
    """A signed-in browser; `current` is the one that asks."""

    class Meta(TableSchema.Meta):
        model = LoginSession
        fields = (
            "id", "assurance", "created_at", "last_used_at", "expires_at", "address",
            "user_agent", "current",
        )  # fmt: skip

    current = fields.Boolean()


class SessionList(ObjectSchema):
    """All of them: an account has twenty at most."""

    items = fields.List(fields.Nested(SessionView), required=True)


class TokenView(TableSchema):
    """A token without its text."""

    class Meta(TableSchema.Meta):
        model = ApiToken
        fields = (
            "id", "prefix", "label", "account_id", "permissions", "networks", "site_id",
            "created_at", "created_by", "expires_at", "last_used_at", "revoked_at", "uses_left",
        )  # fmt: skip

    permissions = fields.List(fields.String())
    networks = fields.List(fields.String())


class TokenDraft(ObjectSchema):
    """A new token: what for, how long (`expires_at`, a year at most), from where.

    `uses`: how many devices it enrols; such a token does nothing else, for 30 days at most.
    """

    label = Text(max_length=LABEL_LENGTH, min_length=1, required=True)
    permissions = fields.List(
        fields.Enum(Permission, by_value=True),
        required=True,
        validate=validate.Length(min=1, max=len(Permission)),
    )
    expires_at = fields.AwareDateTime(required=True)
    site_id = fields.Integer(load_default=None, allow_none=True, strict=True, validate=ROW_ID)
    networks = fields.List(
        Text(max_length=50), load_default=list, validate=validate.Length(max=MAX_NETWORKS)
    )
    uses = fields.Integer(
        load_default=None, allow_none=True, strict=True,
        validate=validate.Range(min=1, max=MOST_USES),
    )  # fmt: skip


class TokenMade(TokenView):
    """A new token; its text is shown this once."""

    class Meta(TableSchema.Meta):
        model = ApiToken
        fields = (*TokenView.Meta.fields, "token")

    token = fields.String()


class TokenList(ObjectSchema):
    """Newest first, ended ones of the last 90 days included."""

    items = fields.List(fields.Nested(TokenView), required=True)
