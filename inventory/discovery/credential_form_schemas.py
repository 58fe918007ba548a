"""The forms of SNMP credentials. A secret is typed, never shown; a blank one keeps the old."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from inventory.discovery.credential_rules import SECRETS
from inventory.discovery.models import CredentialKind, SnmpCredential
from inventory.discovery.schemas import MAX_ID
from inventory.schema import ObjectSchema, Text
from snmp_discovery.types import AuthProtocol, PrivProtocol

SECRET = validate.Length(max=255)


class CommunityForm(ObjectSchema):
    """v1 and v2c: a community."""

    version = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=MAX_ID)
    )
    label = Text(max_length=80, min_length=1, required=True)
    community = fields.String(load_only=True, load_default="", validate=SECRET)


class UserForm(ObjectSchema):
    """v3: a user with its pass phrases."""

    version = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(min=1, max=MAX_ID)
    )
    label = Text(max_length=80, min_length=1, required=True)
    username = Text(max_length=32, min_length=1, required=True)
    auth_protocol = fields.Enum(AuthProtocol, by_value=True, load_default=None, allow_none=True)
    auth_key = fields.String(load_only=True, load_default="", validate=SECRET)
    priv_protocol = fields.Enum(PrivProtocol, by_value=True, load_default=None, allow_none=True)
    priv_key = fields.String(load_only=True, load_default="", validate=SECRET)
    context = Text(max_length=64, load_default="")


FORMS: Mapping[CredentialKind, type[ObjectSchema]] = {
    CredentialKind.V1: CommunityForm,
    CredentialKind.V2C: CommunityForm,
    CredentialKind.V3: UserForm,
}


def values_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were given; a blank secret is none."""
    return {
        name: value
        for name, value in data.items()
        if name != "version" and not (name in SECRETS and not value)
    }


def shown(row: SnmpCredential) -> dict[str, Any]:
    """What a form shows of a credential: everything but its secrets."""
    return {
        "label": row.label,
        "username": row.username,
        "auth_protocol": row.auth_protocol.value if row.auth_protocol else None,
        "priv_protocol": row.priv_protocol.value if row.priv_protocol else None,
        "context": row.context,
    }
