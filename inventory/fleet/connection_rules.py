"""What a connection may be. Pure rules; messages never repeat a setting's value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from inventory.errors import InvalidInput
from inventory.fleet import schedule
from inventory.fleet.models import MdmConnection, Mode
from inventory.settings import Settings
from mdm import registry
from mdm.connection import Access, VendorInfo
from mdm.connector import SetsTag
from mdm.errors import Invalid, MdmError
from mdm.http import is_loopback

MAX_SETTINGS = 40_000
"""Characters of all the settings of one credential."""

Config = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """What the installation allows: vendors that are `simulated` on this machine; and the
    district's time zone, in which times of day are meant."""

    simulated: bool = False
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009  # immutable

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        return cls(settings.mdm_simulated, settings.zone)


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """A connection as a person enters it.

    config      the vendor's settings for reading; `act_config` those for acting, None: none
    every_minutes, full_at   None: never
    """

    vendor: str
    label: str
    config: Config = field(repr=False)
    act_config: Config | None = field(default=None, repr=False)
    site_id: int | None = None
    address: str = ""
    mode: Mode = Mode.DRY_RUN
    enabled: bool = True
    create_assets: bool = True
    tag_prefix: str | None = None
    write_tags: bool = False
    every_minutes: int | None = 30
    full_at: str | None = "01:30"
    token_expires_at: datetime | None = None


COLUMNS = (
    "label", "site_id", "address", "mode", "enabled", "create_assets", "tag_prefix", "write_tags",
    "every_minutes", "full_at", "token_expires_at",
)  # fmt: skip
"""What of a draft is kept as it is; the vendor never changes."""


def vendor_of(name: str) -> VendorInfo:
    """Raises `InvalidInput` (field `vendor`) for one that there is no connector for."""
    try:
        return registry.vendor(name)
    except Invalid as unknown:
        raise wrong("vendor", unknown.reason) from unknown


def check(draft: ConnectionDraft, *, simulated: bool) -> None:
    """Raises `InvalidInput` naming the field. `simulated`: vendors on this machine are allowed."""
    info = vendor_of(draft.vendor)
    if not 1 <= len(draft.label) <= 80 or not draft.label.isprintable():
        raise wrong("label", "must have 1 to 80 printable characters")
    if draft.address and not simulated:
        raise wrong("address", "needs the setting mdm_simulated; real vendors have no address")
    if draft.address and (len(draft.address) > 200 or not is_loopback(draft.address)):
        raise wrong("address", "must be an http address on this machine")
    schedule.check(draft.every_minutes, draft.full_at)
    check_config(draft, "config", draft.config, Access.READ)
    if draft.act_config is not None:
        check_config(draft, "act_config", draft.act_config, Access.ACT)
    if draft.act_config is None:
        if draft.mode is Mode.LIVE:
            raise wrong("mode", "live needs a credential that acts (act_config)")
        if draft.write_tags:
            raise wrong("write_tags", "needs a credential that acts (act_config)")
    if draft.write_tags and not info.tags_on:
        raise wrong("write_tags", f"{info.label} keeps no asset tag")


def check_config(draft: ConnectionDraft, name: str, config: Config, access: Access) -> None:
    """The settings open a connector; no request is made."""
    if sum(len(key) + len(value) for key, value in config.items()) > MAX_SETTINGS:
        raise wrong(name, f"has more than {MAX_SETTINGS:,} characters")
    try:
        "".join(config.values()).encode()
        connector = registry.open_connector(
            draft.vendor, config, name=draft.label, access=access, base_url=draft.address or None
        )
    except UnicodeEncodeError:
        # Without its cause, which holds the secret.
        raise wrong(name, "must be Unicode text") from None
    except MdmError as refused:
        raise wrong(name, refused.reason) from None
    if access is Access.ACT and draft.write_tags and not isinstance(connector, SetsTag):
        raise wrong("write_tags", "this connector cannot write tags")


def draft_of(row: MdmConnection, config: Config, act_config: Config | None) -> ConnectionDraft:
    """The connection as a person would enter it."""
    plain = {name: getattr(row, name) for name in COLUMNS}
    return ConnectionDraft(vendor=row.vendor, config=config, act_config=act_config, **plain)


def laid_over(present: Config, changes: Mapping[str, str | None]) -> dict[str, str]:
    """`present` with `changes`; None takes a setting away."""
    merged: dict[str, str | None] = {**present, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def may_lead(value: str) -> bool:
    """Whether a setting may tell where requests go: a URL, a host, a mail address, a path."""
    return any(mark in value for mark in ".:/@")


def wrong(name: str, message: str) -> InvalidInput:
    """An `InvalidInput` about one field."""
    return InvalidInput(f"{name}: {message}", {name: [message]})
