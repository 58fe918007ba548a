"""What the API accepts and shows of networks, credentials and sweeps. No secret is ever shown."""

from typing import Any

from marshmallow import fields, validate

from inventory.discovery.models import CredentialKind, Network, SnmpCredential, Sweep, SweepState
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ObjectSchema, TableSchema, Text
from snmp_discovery.types import AuthProtocol, Kind, PrivProtocol

MAX_ID = 2**31 - 1


def row_id(**options: Any) -> fields.Integer:
    """An id from a client, within what both databases can hold."""
    return fields.Integer(strict=True, validate=validate.Range(min=1, max=MAX_ID), **options)


def whole(least: int, most: int, **options: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=least, max=most), **options)


def flag(**options: Any) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, **options)


def _texts(what: str) -> Any:
    return fields.List(
        Text(max_length=300, min_length=1),
        validate=validate.Length(max=256),
        metadata={"description": what},
    )


class PlaceSchema(ObjectSchema):
    """Devices within `target` (address or CIDR) stand at this site."""

    target = Text(max_length=100, min_length=1, required=True)
    site_id = row_id(required=True)


class NetworkChange(ObjectSchema):
    """What may be changed of a network; what is left out stays."""

    name = Text(max_length=120, min_length=1)
    site_id = row_id(allow_none=True)
    targets = _texts("addresses, ranges (10.1.0.5-40), CIDRs or host names")
    exclusions = _texts("what is left out, in the same forms")
    places = fields.List(fields.Nested(PlaceSchema), validate=validate.Length(max=256))
    port = whole(1, 65_535)
    rate = whole(1, 1_000_000, allow_none=True, metadata={"description": "probes a second"})
    timeout = fields.Float(
        validate=validate.Range(min=0.05, max=60), metadata={"description": "seconds"}
    )
    retries = whole(0, 10)
    max_hosts = whole(1, 10_000_000)
    enabled = flag(metadata={"description": "swept by its schedule"})
    every_minutes = whole(5, 10_080, allow_none=True)
    daily_at = Text(max_length=5, allow_none=True, metadata={"description": "HH:MM, local time"})
    auto_accept = fields.List(
        fields.String(validate=validate.OneOf([kind.value for kind in Kind])),
        validate=validate.Length(max=len(Kind)),
        metadata={"description": "kinds that become assets without review"},
    )
    credentials = fields.List(
        row_id(),
        validate=validate.Length(max=16),
        metadata={"description": "ids, in the order in which they are tried"},
    )


class NetworkDraftSchema(NetworkChange):
    """A new network."""

    name = Text(max_length=120, min_length=1, required=True)
    targets = fields.List(
        Text(max_length=300, min_length=1), required=True, validate=validate.Length(min=1, max=256)
    )


class LabelView(ObjectSchema):
    id = fields.Integer()
    label = fields.String()


class SweepView(TableSchema):
    """A sweep: where it stands and what it came to. `percent`, `rate`, `eta_seconds` while open."""

    class Meta(TableSchema.Meta):
        model = Sweep
        fields = (
            "id", "network_id", "network", "state", "phase", "requested_by", "requested_at",
            "started_at", "finished_at", "cancel_requested", "attempts", "total", "probed",
            "answered", "interrogated", "failed", "refused", "by_kind", "found_new",
            "found_matched", "found_conflict", "found_ignored", "accepted", "percent", "rate",
            "eta_seconds", "error", "notes",
        )  # fmt: skip

    network = fields.String()
    by_kind = fields.Dict(keys=fields.String(), values=fields.Integer())
    notes = fields.List(fields.String())
    percent = fields.Float()
    rate = fields.Float(metadata={"description": "addresses a second"})
    eta_seconds = fields.Integer(allow_none=True)


class NetworkView(TableSchema):
    """A network with its credentials' labels and its newest sweep."""

    class Meta(TableSchema.Meta):
        model = Network
        fields = (
            "id", "name", "site_id", "targets", "exclusions", "places", "port", "rate", "timeout",
            "retries", "max_hosts", "enabled", "every_minutes", "daily_at", "next_due",
            "auto_accept", "credentials", "last_sweep", "created_at", "updated_at", "version",
        )  # fmt: skip

    targets = fields.List(fields.String())
    exclusions = fields.List(fields.String())
    places = fields.List(fields.Nested(PlaceSchema))
    auto_accept = fields.List(fields.String())
    credentials = fields.List(fields.Nested(LabelView))
    last_sweep = fields.Nested(SweepView, allow_none=True)


class NetworkListArgs(PageArgs):
    site_id = fields.Integer(validate=validate.Range(min=1, max=MAX_ID))


class SweepListArgs(PageArgs):
    network_id = fields.Integer(validate=validate.Range(min=1, max=MAX_ID))
    state = fields.Enum(SweepState, by_value=True)
    troubled = fields.Boolean(
        metadata={"description": "went wrong, and no later sweep of the network has ended since"}
    )


class HeardView(ObjectSchema):
    """A MAC that a switch has learnt and that belongs to nothing known."""

    id = fields.Integer()
    mac = fields.String()
    address = fields.String()
    switch_name = fields.String()
    switch_asset_id = fields.Integer(allow_none=True)
    port = fields.String()
    vlan = fields.Integer(allow_none=True)
    first_at = fields.AwareDateTime()
    last_at = fields.AwareDateTime()


class CredentialChange(ObjectSchema):
    """What may be changed of a credential; a secret that is left out stays as it is."""

    label = Text(max_length=80, min_length=1)
    username = Text(max_length=32)
    auth_protocol = fields.Enum(AuthProtocol, by_value=True, allow_none=True)
    priv_protocol = fields.Enum(PrivProtocol, by_value=True, allow_none=True)
    context = Text(max_length=64)
    community = fields.String(load_only=True, validate=validate.Length(min=1, max=255))
    auth_key = fields.String(load_only=True, validate=validate.Length(min=8, max=255))
    priv_key = fields.String(load_only=True, validate=validate.Length(min=8, max=255))


class CredentialDraftSchema(CredentialChange):
    """A new credential: `community` for v1 and v2c, a user with its keys for v3."""

    label = Text(max_length=80, min_length=1, required=True)
    kind = fields.Enum(CredentialKind, by_value=True, required=True)


class CredentialView(TableSchema):
    """A credential without its secrets; `has` names those that are kept."""

    class Meta(TableSchema.Meta):
        model = SnmpCredential
        fields = (
            "id", "label", "kind", "username", "auth_protocol", "priv_protocol", "context",
            "default_community", "has", "created_at", "updated_at", "used_at", "version",
        )  # fmt: skip

    has = fields.List(fields.String())


NetworkPage = page_of(NetworkView)
SweepPage = page_of(SweepView)
CredentialPage = page_of(CredentialView)
HeardPage = page_of(HeardView)
