"""What the API accepts and shows of connections, devices and syncs. No credential is ever shown."""

from typing import Any

from marshmallow import fields, validate

from inventory.assets.deciding_schemas import CandidateView
from inventory.assets.kinds import Outcome
from inventory.fleet.models import MdmAlarm, MdmConnection, MdmDevice, MdmSync, Mode, SyncScope
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text
from mdm.types import Platform


def _flag() -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False})


def _settings(*, removable: bool = False, **options: Any) -> fields.Dict:
    """A vendor's settings, which go in and never come out."""
    value = fields.String(allow_none=removable, validate=validate.Length(max=32_768))
    return fields.Dict(
        keys=Text(max_length=100, min_length=1),
        values=value,
        validate=validate.Length(max=40),
        load_only=True,
        **options,
    )


class ConnectionChange(ObjectSchema):
    """What may be changed; of `config` and `act_config` only the named settings, null removes."""

    label = Text(max_length=80, min_length=1)
    config = _settings(removable=True)
    act_config = _settings(removable=True, allow_none=True)
    site_id = fields.Integer(strict=True, validate=ROW_ID, allow_none=True)
    address = Text(max_length=200)
    mode = fields.Enum(Mode, by_value=True)
    enabled = _flag()
    create_assets = _flag()
    tag_prefix = Text(max_length=40, allow_none=True)
    write_tags = _flag()
    every_minutes = fields.Integer(
        strict=True, validate=validate.Range(min=5, max=10_080), allow_none=True
    )
    full_at = Text(max_length=5, allow_none=True, metadata={"description": "HH:MM, local time"})
    token_expires_at = fields.AwareDateTime(allow_none=True)


class ConnectionDraftSchema(ConnectionChange):
    """A new connection; it is a dry run unless a person says otherwise."""

    vendor = Text(max_length=50, min_length=1, required=True)
    label = Text(max_length=80, min_length=1, required=True)
    config = _settings(required=True)
    act_config = _settings(allow_none=True)


class AlarmView(TableSchema):
    class Meta(TableSchema.Meta):
        model = MdmAlarm
        fields = ("id", "kind", "text", "raised_at", "last_at", "times")


class SyncAsk(ObjectSchema):
    """accept_fewer: it is right that the vendor has far fewer devices than before."""

    scope = fields.Enum(SyncScope, by_value=True, load_default=SyncScope.FULL)
    accept_fewer = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class SyncView(TableSchema):
    class Meta(TableSchema.Meta):
        model = MdmSync
        fields = (
            "id", "connection_id", "scope", "state", "requested_by", "requested_at", "started_at",
            "finished_at", "attempts", "pages", "known", "seen", "new", "changed", "unchanged",
            "created", "waiting", "gone", "returned", "problems", "guarded", "error", "notes",
        )  # fmt: skip

    notes = fields.List(fields.String())


class ConnectionHealthView(ObjectSchema):
    good = fields.Boolean()
    lag_seconds = fields.Integer(allow_none=True)
    token_expired = fields.Boolean()
    needs_credential = fields.Boolean()
    last_sync = fields.Nested(SyncView, allow_none=True)
    alarms = fields.List(fields.Nested(AlarmView))


class ConnectionView(TableSchema):
    """A connection without its settings; `acts` tells whether it has a credential to act with."""

    class Meta(TableSchema.Meta):
        model = MdmConnection
        fields = (
            "id", "vendor", "label", "site_id", "address", "mode", "enabled", "create_assets",
            "tag_prefix", "write_tags", "every_minutes", "full_at", "next_incremental",
            "next_full", "devices", "last_sync_at", "last_ok_at", "last_full_at", "last_error",
            "token_expires_at", "created_at", "updated_at", "version", "acts", "hook_url",
            "health",
        )  # fmt: skip

    acts = fields.Boolean()
    hook_url = fields.String(
        metadata={"description": "where its vendor must call; empty: it tells nothing by webhook"}
    )
    health = fields.Nested(ConnectionHealthView)


class TrialView(ObjectSchema):
    ok = fields.Boolean()
    error = fields.String()
    devices = fields.Integer(metadata={"description": "on the first page"})
    problems = fields.Integer()
    seconds = fields.Float()


class DeviceListArgs(PageArgs):
    connection_id = fields.Integer(validate=ROW_ID)
    platform = fields.Enum(Platform, by_value=True)
    outcome = fields.Enum(Outcome, by_value=True)
    serial = Text(max_length=256, min_length=1)
    gone = fields.Boolean()


class DifferenceListArgs(PageArgs):
    connection_id = fields.Integer(validate=ROW_ID)


class DeviceView(TableSchema):
    class Meta(TableSchema.Meta):
        model = MdmDevice
        fields = (
            "id", "connection_id", "vendor_id", "asset_id", "platform", "ownership", "serial",
            "udid", "enrolment", "supervised", "managed", "state", "locked", "lost_mode",
            "encrypted", "passcode_set", "passcode_compliant", "compliant", "manufacturer",
            "model", "os", "os_version", "name", "assigned_user", "asset_tag",
            "auto_update_until", "last_check_in", "enrolled_at", "outcome", "reasons",
            "candidates", "decided_by", "decided_at", "first_seen_at", "last_seen_at", "gone_at",
            "tag_told", "tag_error", "revision",
        )  # fmt: skip

    reasons = fields.List(fields.String())
    candidates = fields.List(fields.Integer())


class DeviceDetail(DeviceView):
    """With the assets that it may be, each beside what the vendor tells."""

    class Meta(TableSchema.Meta):
        model = MdmDevice
        fields = DeviceView.Meta.fields

    candidates = fields.List(fields.Nested(CandidateView))


class AttachSchema(ObjectSchema):
    """It is this asset. replace_hardware: what is recorded of it becomes what the vendor tells."""

    asset_id = fields.Integer(strict=True, validate=ROW_ID, required=True)
    replace_hardware = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    reason = Text(max_length=1000, load_default="")


class DevicesView(ObjectSchema):
    items = fields.List(fields.Nested(DeviceView))


class FleetDifferenceView(ObjectSchema):
    device_id = fields.Integer()
    connection_id = fields.Integer()
    asset_id = fields.Integer()
    field = fields.String()
    recorded = fields.String()
    observed = fields.String()
    at = fields.AwareDateTime()


ConnectionPage, DevicePage = page_of(ConnectionView), page_of(DeviceView)
FleetDifferencePage = page_of(FleetDifferenceView)
