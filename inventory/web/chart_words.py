"""What charts and the network map say of themselves, in the reader's language."""

from flask_babel import gettext, lazy_gettext as _l, ngettext

NOTHING = _l("Nothing to show yet")
NAME, VALUE, SHARE, DATE, NOTE = _l("Name"), _l("Value"), _l("Share"), _l("Date"), _l("Note")
BEGAN_ANEW = _l("counter began anew")
GAP = _l("no reading")

SUPPLY = _l("Supply")
EMPTY, LOW, OK, SOME = _l("empty"), _l("low"), _l("ok"), _l("some")
SOME_REMAINS = _l("some remains")
UNLIMITED = _l("not limited")
UNKNOWN = _l("level unknown")

BUILDING, SWITCH, PORT = _l("Building"), _l("Switch"), _l("Port")
DEVICE, KIND, SEEN = _l("Device"), _l("Kind"), _l("Seen")
LINK = _l("Link to another switch")
SEVERAL = _l("Several devices on a port")
FRESH, STALE, NEVER = _l("lately"), _l("not lately"), _l("unknown")
NOT_SEEN, MISSED = _l("not seen lately"), _l("Not seen lately")
UNPLACED = _l("Place unknown")
NO_SWITCH = _l("No switch known")
NO_LINK = _l("Not linked to the switches above")
NO_DEVICES = _l("No devices found on its ports")
NOBODY = _l("nothing found")


def most(name: str, value: str) -> str:
    return str(gettext("Most: %(name)s, %(value)s.", name=name, value=value))


def in_all(total: str) -> str:
    return str(gettext("%(total)s in all.", total=total))


def readings(count: int, first: str, last: str, value: str) -> str:
    """Two sentences on a line over time."""
    span = ngettext(
        "%(told)s reading, %(first)s to %(last)s.", "%(told)s readings, %(first)s to %(last)s.",
        count, told=f"{count:,}", first=first, last=last,
    )  # fmt: skip
    latest = gettext("Latest: %(value)s.", value=value)
    return f"{span} {latest}"


def shown_of(shown: int, count: int) -> str:
    return str(
        gettext("The picture shows %(shown)s of %(told)s.", shown=f"{shown:,}", told=f"{count:,}")
    )


def rest(count: int) -> str:
    return str(gettext("%(told)s more", told=f"{count:,}"))


def buildings(count: int) -> str:
    return str(ngettext("%(told)s building", "%(told)s buildings", count, told=f"{count:,}"))


def switches(count: int) -> str:
    return str(ngettext("%(told)s switch", "%(told)s switches", count, told=f"{count:,}"))


def devices(count: int) -> str:
    return str(ngettext("%(told)s device", "%(told)s devices", count, told=f"{count:,}"))


def ports_used(count: int) -> str:
    return str(ngettext("%(told)s port used", "%(told)s ports used", count, told=f"{count:,}"))


def linked_by(ports: str, name: str) -> str:
    return str(gettext("linked by %(ports)s to %(name)s", ports=ports, name=name))


def not_drawn(what: str) -> str:
    """what: `switches` or `buildings` of a number."""
    return str(gettext("Not drawn: %(what)s", what=what))


def not_listed(count: int) -> str:
    return str(gettext("Not in this table: %(told)s more", told=f"{count:,}"))
