"""The closed lists of words that assets are described with."""

from enum import StrEnum


class Category(StrEnum):
    """What a thing is. The discovery's kinds are among them, by the same words."""

    PRINTER = "printer"
    MULTIFUNCTION = "multifunction"
    PLOTTER = "plotter"
    LABEL_PRINTER = "label_printer"
    FAX = "fax"
    SCANNER = "scanner"
    CAMERA = "camera"
    PROJECTOR = "projector"
    TELEPHONE = "telephone"
    TELEPHONY = "telephony"
    MOBILE_PHONE = "mobile_phone"
    TABLET = "tablet"
    CHROMEBOOK = "chromebook"
    LAPTOP = "laptop"
    WORKSTATION = "workstation"
    SERVER = "server"
    STORAGE = "storage"
    NETWORK_DEVICE = "network_device"
    WIRELESS = "wireless"
    UPS = "ups"
    OTHER = "other"


class Status(StrEnum):
    """Where a thing stands in its life; the allowed moves are in `policy`."""

    ORDERED = "ordered"
    IN_STOCK = "in_stock"
    DEPLOYED = "deployed"
    IN_REPAIR = "in_repair"
    LOST = "lost"
    STOLEN = "stolen"
    SEIZED = "seized"
    RETIRED = "retired"
    DISPOSED = "disposed"


class Source(StrEnum):
    """Who says so."""

    PERSON = "person"
    SWEEP = "sweep"
    VENDOR = "vendor"
    ENROLMENT = "enrolment"


class Outcome(StrEnum):
    """What a sighting turned out to be. NEW and CONFLICT wait for a person."""

    NEW = "new"
    MATCHED = "matched"
    CONFLICT = "conflict"
    IGNORED = "ignored"


class FieldKind(StrEnum):
    """The type of a custom field."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    BOOLEAN = "boolean"
