"""What the API shows of people: what a technician needs to hand out a device, and no more."""

from marshmallow import fields

from inventory.http.paging import PageArgs
from inventory.people.models import Person, PersonRole
from inventory.schema import ROW_ID, TableSchema, Text


class PersonView(TableSchema):
    """Somebody at a school."""

    class Meta(TableSchema.Meta):
        model = Person
        fields = (
            "id", "sourced_id", "role", "given_name", "family_name", "site_id", "grade", "active",
            "version",
        )  # fmt: skip


class PersonArgs(PageArgs):
    """Filters of the list of people."""

    q = Text(max_length=120, metadata={"description": "beginning of the family name"})
    role = fields.Enum(PersonRole, by_value=True)
    site_id = fields.Integer(validate=ROW_ID, metadata={"description": "their school"})
    active = fields.Boolean()
