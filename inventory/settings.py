"""One typed object of settings, from the environment and a TOML file, refused when unsafe.

Order: defaults, then the TOML file (`HOMEROOM_CONFIG`, else ./homeroom.toml if present), then
environment variables `HOMEROOM_<NAME>`. Unknown names are refused: a misspelt setting that is
silently ignored is how a safety switch stays off.

Plain dataclasses rather than a settings library: `homeroom lookup` must start in half a second.
"""

import ipaddress
import os
import tomllib
import zoneinfo
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from inventory.errors import Misconfigured
from inventory.mail_address import is_mail_address

PREFIX = "HOMEROOM_"
_NOT_SETTINGS = {
    "HOMEROOM_CONFIG", "HOMEROOM_TOKEN", "HOMEROOM_SERVER", "HOMEROOM_V3_AUTH_KEY",
    "HOMEROOM_V3_PRIV_KEY",
}  # fmt: skip


def _doc(default: Any, text: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"doc": text, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """See each field's `doc`; `homeroom settings` prints them all."""

    database_url: str = _doc(
        "sqlite:///var/homeroom.db",
        "sqlite:///PATH for one machine, postgresql+psycopg://... beyond one",
    )
    data_dir: str = _doc("var", "folder for the master key, uploads and the demo")
    master_key_file: str = _doc(
        "", "file (mode 0600) with the master key; default DATA_DIR/master.key"
    )
    master_key: str = _doc(
        "", "the master key itself, base64 of 32 bytes; for containers", secret=True
    )
    district: str = _doc("Our school district", "the district's name, shown on pages and reports")
    timezone: str = _doc("America/New_York", "IANA time zone of the district")
    host: str = _doc("127.0.0.1", "address the server listens on")
    port: int = _doc(8000, "port the server listens on")
    processes: int = _doc(1, "web processes; more than one where there are cores to spare")
    threads: int = _doc(4, "request threads of each web process")
    public_url: str = _doc(
        "", "https://... under which people reach the server; needed beyond loopback"
    )
    trusted_proxies: int = _doc(
        0, "number of reverse proxies in front whose X-Forwarded-* is believed"
    )
    session_idle_minutes: int = _doc(30, "a session ends after this time without use")
    session_hours: int = _doc(12, "a session ends after this time in any case")
    password_min_length: int = _doc(
        15, "characters; NIST 800-63B-4 asks 15 where no second factor is"
    )
    max_body_bytes: int = _doc(2_000_000, "largest request body, except of uploads")
    upload_max_bytes: int = _doc(20_000_000, "largest photo or document of an asset")
    import_max_rows: int = _doc(200_000, "rows of one imported file")
    asset_files_most: int = _doc(100, "photos and documents that one asset may have")
    token_requests_per_minute: int = _doc(60_000, "requests one API token may make in a minute")
    worker: bool = _doc(True, "run background jobs inside the server process")
    worker_concurrency: int = _doc(4, "background jobs at once in one process")
    executor_id: str = _doc("", "stable name of this worker; default host name and process role")
    sweep_public_addresses: bool = _doc(False, "allow sweeps of addresses outside private ranges")
    sweep_max_hosts: int = _doc(65_536, "largest number of addresses in one sweep")
    mdm_simulated: bool = _doc(
        False, "allow connections to a simulated MDM vendor on this machine; for a demo"
    )
    destructive_enabled: bool = _doc(
        False, "this worker may send commands that erase or retire devices; the kill switch"
    )
    smtp_host: str = _doc("", "mail server that notices leave through; empty: no mail is sent")
    smtp_port: int = _doc(587, "port of the mail server")
    smtp_tls: str = _doc(
        "starttls", "starttls, tls (from the first byte), or none (only to this machine)"
    )
    smtp_user: str = _doc("", "user name at the mail server; empty: it asks for none")
    smtp_password: str = _doc("", "password at the mail server", secret=True)
    smtp_from: str = _doc("", "address that notices come from")
    admin_told_days: int = _doc(
        30, "days after which what a computer told of its administrators says nothing any more"
    )
    admin_grace_days: int = _doc(
        7, "days that a granted administrator may be missing on the computer before it is a task"
    )
    log_level: str = _doc("INFO", "DEBUG, INFO, WARNING or ERROR")

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def key_path(self) -> Path:
        return Path(self.master_key_file or Path(self.data_dir) / "master.key")

    @property
    def secure_cookies(self) -> bool:
        """Plain http is only served on loopback, where `Secure` would lock people out."""
        return self.public_url.startswith("https://")

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


def base_url(settings: Settings) -> str:
    """Under which URL people and scripts reach the server."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url.rstrip("/") or f"http://{host}:{settings.port}"


def load(environ: Mapping[str, str] | None = None, *, config: Path | None = None) -> Settings:
    """The settings in force. Raises `Misconfigured` naming the setting and its source."""
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    path = file_of(environ, config)
    if path is not None:
        values.update(_from_file(path))
    values.update(_from_environment(environ))
    settings = Settings(**values)
    check(settings)
    return settings


def file_of(environ: Mapping[str, str], config: Path | None = None) -> Path | None:
    """The file that settings are read from; None where there is none."""
    if config is not None or "HOMEROOM_CONFIG" in environ:
        return config or Path(environ["HOMEROOM_CONFIG"])
    return Path("homeroom.toml") if Path("homeroom.toml").exists() else None


@dataclass(frozen=True)
class Origin:
    """Where a setting in force comes from: `default`, `file`, `environment`, or `start` for what
    is in none of them. `pending`: another value would be in force after a restart."""

    source: str
    pending: bool


def origins(
    settings: Settings, environ: Mapping[str, str] | None = None, *, config: Path | None = None
) -> dict[str, Origin]:
    """The origin of every setting, by what file and environment say now. Raises `Misconfigured`
    where the file can no longer be read."""
    environ = os.environ if environ is None else environ
    path = file_of(environ, config)
    said = {
        "environment": _from_environment(environ),
        "file": _from_file(path) if path is not None else {},
        "default": {f.name: f.default for f in fields(Settings)},
    }
    found: dict[str, Origin] = {}
    for name in said["default"]:
        value = getattr(settings, name)
        source = next((s for s, says in said.items() if says.get(name) == value), "start")
        planned = next(says[name] for says in said.values() if name in says)
        found[name] = Origin(source, planned != value)
    return found


def _from_file(path: Path) -> dict[str, Any]:
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise Misconfigured(f"{path} cannot be read as TOML: {broken}") from broken
    return {name: _typed(name, value, str(path)) for name, value in raw.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found = {}
    for variable, text in environ.items():
        if variable.startswith(PREFIX) and variable not in _NOT_SETTINGS:
            name = variable.removeprefix(PREFIX).lower()
            found[name] = _typed(name, text, f"environment variable {variable}")
    return found


def _typed(name: str, value: Any, source: str) -> Any:
    known = {f.name: f for f in fields(Settings)}
    if name not in known:
        raise Misconfigured(f"{source}: there is no setting {name!r}")
    default = known[name].default
    wanted = type(default) if default is not MISSING else str
    if isinstance(value, str) and wanted is bool:
        lowered = value.strip().lower()
        if lowered not in {"true", "false", "1", "0", "yes", "no"}:
            raise Misconfigured(f"{source}: {name} is true or false, not {value!r}")
        return lowered in {"true", "1", "yes"}
    if isinstance(value, str) and wanted is int:
        if not value.strip().lstrip("-").isdigit():
            raise Misconfigured(f"{source}: {name} is a whole number, not {value!r}")
        return int(value)
    if type(value) is not wanted:
        raise Misconfigured(f"{source}: {name} is a {wanted.__name__}, not {value!r}")
    return value


_MINIMA = {
    "port": 1, "threads": 1, "processes": 1, "session_idle_minutes": 1, "session_hours": 1,
    "max_body_bytes": 1024, "token_requests_per_minute": 1, "worker_concurrency": 1,
    "admin_told_days": 1, "admin_grace_days": 1,
    "sweep_max_hosts": 1, "upload_max_bytes": 1024, "asset_files_most": 1, "smtp_port": 1,
}  # fmt: skip


def check(settings: Settings) -> None:
    """Refuse what would be unsafe or cannot work. Raises `Misconfigured`."""
    for name, least in _MINIMA.items():
        if getattr(settings, name) < least:
            raise Misconfigured(f"{name} must be at least {least}")
    if settings.port > 65535:
        raise Misconfigured("port must be at most 65535")
    if settings.password_min_length < 8:
        raise Misconfigured("password_min_length below 8 is refused (NIST 800-63B-4)")
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise Misconfigured("database_url begins with sqlite:/// or postgresql+psycopg://")
    if settings.log_level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise Misconfigured("log_level is DEBUG, INFO, WARNING or ERROR")
    try:
        _ = settings.zone
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as unknown:
        raise Misconfigured(f"timezone {settings.timezone!r} is not an IANA zone") from unknown
    _check_exposure(settings)
    _check_mail(settings)


def _check_exposure(settings: Settings) -> None:
    if settings.public_url and urlsplit(settings.public_url).scheme not in {"https", "http"}:
        raise Misconfigured("public_url is an http(s) URL")
    try:
        loopback = settings.host == "localhost" or ipaddress.ip_address(settings.host).is_loopback
    except ValueError as bad:
        raise Misconfigured(f"host {settings.host!r} is not an IP address") from bad
    if not loopback and not settings.public_url.startswith("https://"):
        raise Misconfigured(
            "listening beyond this machine needs public_url=https://...: passwords and personal "
            "data are never served in the clear (201 CMR 17.04(3))"
        )


def _check_mail(settings: Settings) -> None:
    if settings.smtp_tls not in {"starttls", "tls", "none"}:
        raise Misconfigured("smtp_tls is starttls, tls or none")
    if not settings.smtp_host:
        return
    if settings.smtp_port > 65535:
        raise Misconfigured("smtp_port must be at most 65535")
    if not is_mail_address(settings.smtp_from):
        raise Misconfigured("smtp_host needs smtp_from, a plain mail address")
    if settings.smtp_tls == "none" and settings.smtp_host not in {"localhost", "127.0.0.1", "::1"}:
        raise Misconfigured("smtp_tls=none is only for a mail server on this machine")
