"""What the API shows of people: what a technician needs to hand out a device, and no more."""

from marshmallow import fields

from inventory.errors import InvalidInput
from inventory.http.paging import PageArgs, decode_cursor, encode_cursor
from inventory.people.models import Person, PersonRole
from inventory.people.service import Name
from inventory.schema import ROW_ID, ObjectSchema, TableSchema, Text

SHOWN = (
    "id", "sourced_id", "role", "given_name", "family_name", "site_id", "grade", "homeroom",
    "active", "temporary", "version",
)  # fmt: skip


class PersonView(TableSchema):
    """Somebody at a school."""

    class Meta(TableSchema.Meta):
        model = Person
        fields = SHOWN


class OnePerson(TableSchema):
    """Somebody, with the other schools that they are at."""

    other_site_ids = fields.List(fields.Integer(), required=True)

    class Meta(TableSchema.Meta):
        model = Person
        fields = (*SHOWN, "other_site_ids", "account_id")


class TemporaryPerson(ObjectSchema):
    """Somebody whom the roster does not know yet."""

    role = fields.Enum(PersonRole, by_value=True, required=True)
    given_name = Text(max_length=120, min_length=1, required=True)
    family_name = Text(max_length=120, min_length=1, required=True)
    site_id = fields.Integer(required=True, validate=ROW_ID)
    grade = Text(max_length=20, load_default="")


class AccountLink(ObjectSchema):
    """With which account somebody signs in here."""

    account_id = fields.Integer(required=True, allow_none=True, validate=ROW_ID)


class PersonArgs(PageArgs):
    """Filters of the list of people."""

    q = Text(max_length=120, metadata={"description": "beginning of the family name"})
    role = fields.Enum(PersonRole, by_value=True)
    site_id = fields.Integer(validate=ROW_ID, metadata={"description": "their school"})
    active = fields.Boolean()


def cursor_of(person: Person) -> str:
    """Where the list goes on after this person."""
    return encode_cursor([person.family_name, person.given_name, person.id])


def after_of(cursor: str | None) -> Name | None:
    """The place that a cursor names. Raises `InvalidInput` for one of another list."""
    if cursor is None:
        return None
    match decode_cursor(cursor):
        case [str(family), str(first), int(id_)]:
            return family, first, id_
    raise InvalidInput("`after` is not a cursor of this list")
