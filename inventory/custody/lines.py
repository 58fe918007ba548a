"""What goes along with a device: counted out, and counted in."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from inventory.assets.words import entered, fold, wrong
from inventory.custody.models import CustodyLine

MAX_LINES, MAX_NAME, MAX_COUNT = 20, 60, 1000


def put_out(db: Session, custody_id: int, given: Mapping[str, int]) -> list[CustodyLine]:
    """Note what went along: name to count. Raises `InvalidInput`."""
    lines = [
        CustodyLine(custody_id=custody_id, name=name, name_key=key, count_out=count)
        for key, (name, count) in checked(given, least=1).items()
    ]
    db.add_all(lines)
    db.flush()
    return lines


def count_in(db: Session, custody_id: int, given: Mapping[str, int]) -> dict[str, int]:
    """Note what came back, before the custody is closed; by name, what is missing of it.

    What is not named was not counted. What was never noted as given is noted now.
    """
    counted = checked(given, least=0)
    missing: dict[str, int] = {}
    for line in of(db, [custody_id]).get(custody_id, []):
        if line.name_key in counted:
            line.count_in = counted.pop(line.name_key)[1]
            db.add(line)
            if line.count_in < line.count_out:
                missing[line.name] = line.count_out - line.count_in
    for key, (name, count) in counted.items():
        db.add(
            CustodyLine(custody_id=custody_id, name=name, name_key=key, count_out=0, count_in=count)
        )
    db.flush()
    return missing


def of(db: Session, custody_ids: Sequence[int]) -> dict[int, list[CustodyLine]]:
    """The lines of these custodies, in the order of their names; one query."""
    found: dict[int, list[CustodyLine]] = {}
    if custody_ids:
        query = select(CustodyLine).where(col(CustodyLine.custody_id).in_(custody_ids))
        for line in db.exec(query.order_by(col(CustodyLine.name_key))).all():
            found.setdefault(line.custody_id, []).append(line)
    return found


def checked(given: Mapping[str, int], *, least: int) -> dict[str, tuple[str, int]]:
    """By comparable name: the name and its count. Raises `InvalidInput`."""
    if len(given) > MAX_LINES:
        raise wrong("accessories", f"must not be more than {MAX_LINES}")
    found: dict[str, tuple[str, int]] = {}
    for told, count in given.items():
        name = entered(told, "accessories", MAX_NAME)
        key = fold(name)
        if not key or len(key) > 2 * MAX_NAME:
            raise wrong("accessories", "must have names")
        if key in found:
            raise wrong("accessories", "must not name the same thing twice")
        if isinstance(count, bool) or not isinstance(count, int) or not least <= count <= MAX_COUNT:
            raise wrong("accessories", f"must be {least} to {MAX_COUNT} of each")
        found[key] = (name, count)
    return found


def parsed(text: str) -> dict[str, int]:
    """ "charger, case=2" as name to count. Raises `InvalidInput`."""
    found: dict[str, int] = {}
    for part in (each.strip() for each in text.split(",")):
        if part:
            name, equals, count = part.partition("=")
            counted = count.strip() if equals else "1"
            if not (counted.isascii() and counted.isdecimal() and len(counted) < 6):
                raise wrong("accessories", "must be like: charger, case=2")
            if name.strip() in found:
                raise wrong("accessories", "must not name the same thing twice")
            found[name.strip()] = int(counted)
    return found


def written(lines: Sequence[CustodyLine]) -> str:
    """What went along, as `parsed` reads it."""
    return ", ".join(f"{line.name}={line.count_out}" for line in lines)
