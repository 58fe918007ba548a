"""What the desk's answers look like."""

from marshmallow import fields

from inventory.schema import ObjectSchema


class PlacePartView(ObjectSchema):
    """One step of the way from the district to the room."""

    name = fields.String(required=True)
    kind = fields.String(required=True)


class LastSeenView(ObjectSchema):
    """When, by what and where the device was last seen."""

    at = fields.AwareDateTime(required=True)
    source = fields.String(allow_none=True)
    address = fields.String()


class AddressView(ObjectSchema):
    """An address at which the device answers now."""

    address = fields.String(required=True)
    mac = fields.String()
    last_at = fields.AwareDateTime()


class SwitchPortView(ObjectSchema):
    """Where the device is plugged in."""

    switch = fields.String(required=True)
    port = fields.String(required=True)
    vlan = fields.Integer(allow_none=True)
    at = fields.AwareDateTime()


class SupplyView(ObjectSchema):
    """A supply as the printer last told it; `level_percent` null where it does not tell."""

    name = fields.String(required=True)
    type = fields.String()
    color = fields.String()
    level_percent = fields.Integer(allow_none=True)
    state = fields.String(required=True)
    at = fields.AwareDateTime()


class MatterView(ObjectSchema):
    """Something that somebody should attend to."""

    kind = fields.String(required=True)
    text = fields.String(required=True)
    finding_id = fields.Integer()


class HeldByView(ObjectSchema):
    """Who has the device; `person_id` null where it is a place or a cart."""

    custody_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    since = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(allow_none=True, required=True)
    person_id = fields.Integer(allow_none=True, required=True)
    name = fields.String(required=True)


class LookupView(ObjectSchema):
    """Everything the helpdesk needs of one device. `holder`: only for who may see who has what, and
    null where nobody has it; that a person was shown is written down."""

    id = fields.Integer(required=True)
    tag = fields.String(required=True)
    asked = fields.String(metadata={"description": "the tag that was asked for, as recorded"})
    former_tag = fields.Boolean(metadata={"description": "`asked` is a tag of earlier days"})
    category = fields.String(required=True)
    status = fields.String(required=True)
    manufacturer = fields.String()
    model = fields.String()
    serial = fields.String()
    name = fields.String()
    firmware = fields.String()
    place = fields.List(fields.Nested(PlacePartView))
    last_seen = fields.Nested(LastSeenView, allow_none=True)
    addresses = fields.List(fields.Nested(AddressView))
    switch_port = fields.Nested(SwitchPortView, allow_none=True)
    supplies = fields.List(fields.Nested(SupplyView))
    open_matters = fields.List(fields.Nested(MatterView))
    holder = fields.Nested(HeldByView, allow_none=True)


class HealthView(ObjectSchema):
    """Whether the server can work."""

    status = fields.String(required=True)
    version = fields.String(required=True)
    database = fields.String(required=True)
