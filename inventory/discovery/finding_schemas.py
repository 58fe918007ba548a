"""What the API accepts and shows of findings, and of what they told of assets."""

from marshmallow import fields, validate

from inventory.assets.deciding_schemas import CandidateView, NewAssetSchema
from inventory.assets.kinds import Outcome, Status
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.review import OLD_STATUSES
from inventory.discovery.schemas import MAX_ID, flag, row_id
from inventory.http.paging import PageArgs, page_of
from inventory.schema import ObjectSchema, TableSchema, Text
from snmp_discovery.types import Kind

_LISTED = (
    "id", "network_id", "sweep_id", "site_id", "source", "via", "address", "also_at", "port",
    "version", "credential_label", "default_community", "kind", "vendor", "model", "serial",
    "firmware", "name", "location", "macs", "outcome", "contested", "asset_id", "decision",
    "reviewed_by", "reviewed_at", "first_at", "last_at", "times", "revision",
)  # fmt: skip


class FindingView(TableSchema):
    """What a network's sweeps last saw of one device."""

    class Meta(TableSchema.Meta):
        model = DiscoveryFinding
        fields = _LISTED

    also_at = fields.List(fields.String())
    macs = fields.List(fields.String())


class FindingDetail(TableSchema):
    """A finding with everything told, why it says so, and the assets it may be side by side."""

    class Meta(TableSchema.Meta):
        model = DiscoveryFinding
        fields = (*_LISTED, "facts", "evidence", "reasons", "candidates")

    also_at = fields.List(fields.String())
    macs = fields.List(fields.String())
    facts = fields.Dict()
    evidence = fields.List(fields.Dict())
    reasons = fields.List(fields.String())
    candidates = fields.List(fields.Nested(CandidateView))


class FindingListArgs(PageArgs):
    state = fields.String(
        load_default="open",
        validate=validate.OneOf(["open", "settled", "all"]),
        metadata={"description": "open: waits for a person"},
    )
    outcome = fields.Enum(Outcome, by_value=True)
    network_id = fields.Integer(validate=validate.Range(min=1, max=MAX_ID))
    site_id = fields.Integer(
        validate=validate.Range(min=1, max=MAX_ID), metadata={"description": "and below"}
    )
    asset_id = fields.Integer(validate=validate.Range(min=1, max=MAX_ID))
    kind = fields.Enum(Kind, by_value=True)
    default_community = fields.Boolean(
        metadata={"description": "answers to a community that devices are shipped with"}
    )


class ResolveSchema(ObjectSchema):
    """same: it is `asset_id` after all. replaced: another device stands where `asset_id` stood;
    that one moves to `old_status`, and the finding becomes `new_asset_id` or a new asset."""

    decision = fields.String(required=True, validate=validate.OneOf(["same", "replaced"]))
    asset_id = row_id(required=True)
    replace_hardware = flag(load_default=False)
    old_status = fields.Enum(
        Status,
        by_value=True,
        load_default=Status.RETIRED,
        validate=validate.OneOf(sorted(OLD_STATUSES)),
    )
    new_asset_id = row_id()
    new = fields.Nested(NewAssetSchema)
    reason = Text(max_length=1000, load_default="")


FindingPage = page_of(FindingView)
