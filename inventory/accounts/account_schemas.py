"""What the pages of accounts take."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from inventory.access import Role
from inventory.accounts.policy import DISPLAY_LENGTH, NAME_LENGTH
from inventory.accounts.states import AccountState
from inventory.mail_address import LENGTH
from inventory.schema import ROW_ID, ObjectSchema, Text

CURSOR = validate.Length(max=500)


class ListArgs(ObjectSchema):
    """The list of accounts: what is looked for, and which page of it."""

    q = Text(max_length=NAME_LENGTH, load_default="")
    role = fields.Enum(Role, by_value=True, load_default=None)
    state = fields.Enum(AccountState, by_value=True, load_default=None)
    after = fields.String(load_default=None, validate=CURSOR)
    before = fields.String(load_default=None, validate=CURSOR)


class HistoryArgs(ObjectSchema):
    """Which page of a history."""

    after = fields.String(load_default=None, validate=CURSOR)
    before = fields.String(load_default=None, validate=CURSOR)


class AccountForm(ObjectSchema):
    """A new account and its first role. A program has the role of programs, and no password."""

    kind = fields.String(load_default="person", validate=validate.OneOf(("person", "program")))
    user_name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    display_name = Text(max_length=DISPLAY_LENGTH, load_default="")
    email = Text(max_length=LENGTH, load_default="")
    role = fields.Enum(Role, by_value=True, load_default=None, allow_none=True)
    site_id = fields.Integer(required=True, validate=ROW_ID)

    @ma.validates_schema
    def _has_role(self, data: dict[str, Any], **_more: object) -> None:
        if data.get("kind") == "person" and data.get("role") is None:
            raise ma.ValidationError("Choose what this person does.", "role")


class NamesForm(ObjectSchema):
    """The names of an account; `version` is the one that they were read with."""

    user_name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    display_name = Text(max_length=DISPLAY_LENGTH, load_default="")
    email = Text(max_length=LENGTH, load_default="")
    version = fields.Integer(required=True, validate=ROW_ID)


class RoleForm(ObjectSchema):
    """A role at a place and everything in it."""

    role = fields.Enum(Role, by_value=True, required=True)
    site_id = fields.Integer(required=True, validate=ROW_ID)
