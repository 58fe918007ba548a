"""Verbs on the district's own fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from inventory.access import Actor, Permission
from inventory.assets.catalog_models import CustomField
from inventory.assets.custom_rules import KEY, LARGEST
from inventory.assets.kinds import Category, FieldKind
from inventory.assets.words import entered, wrong
from inventory.audit import service as audit
from inventory.db import insert_unless_there
from inventory.errors import Conflict, Duplicate, NotFound

MAX_FIELDS = 200
MAX_CHOICES = 200
CHANGEABLE = (
    "label", "categories", "choices", "required", "max_length", "minimum", "maximum", "help",
    "archived",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDraft:
    """A new field. `categories` empty: every category. `choices` for FieldKind.CHOICE only."""

    key: str
    label: str
    kind: FieldKind
    categories: Sequence[Category] = ()
    choices: Sequence[str] = ()
    required: bool = False
    max_length: int = 500
    minimum: float | None = None
    maximum: float | None = None
    help: str = ""


def definitions(db: Session) -> Sequence[CustomField]:
    """Every field, archived ones included, by key."""
    return db.exec(select(CustomField).order_by(col(CustomField.key))).all()


def list_fields(db: Session, actor: Actor) -> Sequence[CustomField]:
    actor.require_anywhere(Permission.ASSET_READ)
    return definitions(db)


def create_field(db: Session, actor: Actor, draft: FieldDraft, *, now: datetime) -> CustomField:
    """Raises `Duplicate` for a key that is or was in use, `InvalidInput`, `Forbidden`."""
    actor.require_everywhere(Permission.CATALOG_WRITE)
    if not isinstance(draft.key, str) or not KEY.fullmatch(draft.key):
        raise wrong("key", "must begin with a letter and hold only a-z, 0-9 and _ (40 at most)")
    if len(definitions(db)) >= MAX_FIELDS:
        raise Conflict(f"there are {MAX_FIELDS} custom fields already")
    given: dict[str, object] = {name: getattr(draft, name) for name in CHANGEABLE[:-1]}
    values = _checked(draft.kind, given)
    _require_whole(draft.kind, values)
    row = {"key": draft.key, "kind": draft.kind, "archived": False, "version": 1, **values}
    if not insert_unless_there(db, CustomField, row):
        raise Duplicate(f"there is a custom field {draft.key}")
    made = db.exec(select(CustomField).where(CustomField.key == draft.key)).one()
    _record(db, actor, "custom_field.created", made, {}, {"kind": draft.kind, **values}, now)
    return made


def change_field(
    db: Session, actor: Actor, field_id: int, changes: Mapping[str, object], *, now: datetime
) -> CustomField:
    """`changes`: any of `CHANGEABLE`; key and kind stay, because values lie in assets.

    Values that the changed rule would refuse stay where they are until somebody edits them.
    """
    actor.require_everywhere(Permission.CATALOG_WRITE)
    field = get_field(db, actor, field_id)
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise wrong(sorted(unknown)[0], "cannot be changed")
    before = {name: getattr(field, name) for name in CHANGEABLE}
    values = _checked(field.kind, changes)
    _require_whole(field.kind, before | values)
    for name, value in values.items():
        setattr(field, name, value)
    field.version += 1
    db.add(field)
    old, new = audit.changed(before, values)
    _record(db, actor, "custom_field.changed", field, old, new, now)
    return field


def get_field(db: Session, actor: Actor, field_id: int, *, lock: bool = False) -> CustomField:
    """Raises `NotFound`. With `lock` the row is as it is now, until the transaction ends."""
    actor.require_anywhere(Permission.ASSET_READ)
    field = db.get(CustomField, field_id, with_for_update=lock)
    if field is None:
        raise NotFound(f"there is no custom field {field_id}")
    return field


def _checked(kind: FieldKind, given: Mapping[str, object]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, value in given.items():
        match name:
            case "label":
                values[name] = entered(value, name, 80)
            case "help":
                values[name] = entered(value, name, 300)
            case "required" | "archived":
                if not isinstance(value, bool):
                    raise wrong(name, "must be true or false")
                values[name] = value
            case "categories":
                values[name] = _categories(value)
            case "choices":
                values[name] = _choices(kind, value)
            case "max_length":
                if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 4000:
                    raise wrong(name, "must be 1 to 4000")
                values[name] = value
            case _:
                values[name] = _bound(name, value)
    return values


def _categories(value: object) -> list[str]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise wrong("categories", "must be a list")
    try:
        return sorted({Category(c).value for c in value})
    except ValueError as unknown:
        raise wrong("categories", "holds an unknown category") from unknown


def _choices(kind: FieldKind, value: object) -> list[str]:
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MAX_CHOICES:
        raise wrong("choices", f"must be a list of at most {MAX_CHOICES}")
    choices = list(dict.fromkeys(entered(choice, "choices", 100) for choice in value))
    if choices and kind is not FieldKind.CHOICE:
        raise wrong("choices", "belong to a field of kind choice")
    if "" in choices:
        raise wrong("choices", "must not hold an empty one")
    return choices


def _bound(name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > LARGEST:
        raise wrong(name, "must be a number")
    return float(value)


def _require_whole(kind: FieldKind, values: Mapping[str, object]) -> None:
    if not values.get("label"):
        raise wrong("label", "must not be empty")
    if kind is FieldKind.CHOICE and not values.get("choices"):
        raise wrong("choices", "are needed for a field of kind choice")
    low, high = values.get("minimum"), values.get("maximum")
    if isinstance(low, float) and isinstance(high, float) and low > high:
        raise wrong("minimum", "must not be above the maximum")


def _record(
    db: Session,
    actor: Actor,
    action: str,
    field: CustomField,
    before: Mapping[str, object],
    after: Mapping[str, object],
    now: datetime,
) -> None:
    audit.record(
        db, actor, action, now=now, subject_type="custom_field", subject_id=field.key,
        before=before, after=after,
    )  # fmt: skip
