"""The demo district: schools, rooms, people, accounts, credentials and networks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp
from sqlmodel import Session

from inventory.access import Permission, Role, system_actor
from inventory.accounts import passwords, service as accounts, tokens, totp
from inventory.accounts.models import Account
from inventory.assets import service as assets, tags
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft
from inventory.discovery import credentials, networks
from inventory.discovery.credential_rules import CredentialDraft
from inventory.discovery.models import CredentialKind
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.sites import service as sites
from inventory.sites.models import SiteKind
from snmp_discovery.types import CommunityCredential, Credential, Kind, UsmCredential
from tests.simnet.district import District, SimDevice

ACTOR = system_actor("demo", Permission, origin="demo")
ACCEPTED = (
    Kind.PRINTER, Kind.MULTIFUNCTION, Kind.LABEL_PRINTER, Kind.PLOTTER, Kind.FAX, Kind.SCANNER,
    Kind.NETWORK_DEVICE, Kind.WIRELESS, Kind.UPS, Kind.SERVER, Kind.STORAGE,
)  # fmt: skip
GIVEN = ("Ada", "Ben", "Chloe", "Dev", "Elena", "Finn", "Grace", "Hugo", "Iris", "Jamal", "Kira",
         "Leo", "Maya", "Noah", "Olive", "Priya", "Quinn", "Rosa", "Sam", "Tess")  # fmt: skip
WITH_AN_APP = ("technician.district", "superintendent")
AGE = timedelta(days=60)
"""How long these two have been there: who came this week may neither ask for a wipe nor approve."""
FAMILY = ("Abbott", "Baker", "Castro", "Diaz", "Evans", "Flores", "Gupta", "Hansen", "Ito", "Jones",
          "Kelly", "Lopez", "Moore", "Nguyen", "Osei", "Patel", "Reyes", "Silva")  # fmt: skip


@dataclass
class Seeded:
    """What the terminal tells: passwords, keys of authenticator apps and a token, shown once."""

    passwords: list[tuple[str, str, str]] = field(default_factory=list)
    apps: list[tuple[str, str]] = field(default_factory=list)
    token: str = ""
    networks: list[tuple[int, str]] = field(default_factory=list)
    schools: list[int] = field(default_factory=list)
    people: int = 0
    sites: int = 0


def seed(db: Session, district: District, devices: Iterable[SimDevice], port: int,
         limits: Limits, *, now: datetime) -> Seeded:  # fmt: skip
    """Fill an empty, prepared database."""
    told = Seeded()
    devices = list(devices)
    root = sites.ensure_district(db, ACTOR, "Demo School District", now=now)
    rooms = _places(db, root.id, district, devices, now)
    told.sites = len(rooms) + 1
    schools = {school.key: rooms[school.name] for school in district.schools.values()}
    told.schools = list(schools.values())
    tags.create_counter(db, ACTOR, "WPS-", width=5, is_default=True, now=now)
    _accounts(db, told, list(schools.values()), now)
    asked = _credentials(db, devices, now)
    for school in district.schools.values():
        spots = [
            {"target": device.address, "site_id": rooms[device.location]}
            for device in devices
            if device.school == school.key and device.location in rooms
        ]
        draft = NetworkDraft(
            name=school.name,
            targets=[school.network],
            site_id=schools[school.key],
            places=spots,
            port=port,
            timeout=0.5,
            every_minutes=60,
            auto_accept=[kind.value for kind in ACCEPTED],
            credentials=asked,
        )
        network = networks.create(db, ACTOR, draft, limits=limits, now=now)
        told.networks.append((network.id, network.name))
    _swapped_board(db, devices, schools, now)
    return told


def _places(
    db: Session, root: int, district: District, devices: list[SimDevice], now: datetime
) -> dict[str, int]:
    """Every sysLocation ("School, Building, Room") as a chain of sites; location → site id."""
    made: dict[str, int] = {}
    for school in district.schools.values():
        site = sites.create(
            db, ACTOR, kind=SiteKind.SCHOOL, name=school.name, parent_id=root, code=school.code,
            now=now,
        )  # fmt: skip
        made[school.name] = site.id
    for location in sorted({device.location for device in devices if device.location}):
        parts = location.split(", ")
        for depth, kind in ((2, SiteKind.BUILDING), (3, SiteKind.ROOM)):
            name = ", ".join(parts[:depth])
            if len(parts) < depth or name in made or parts[0] not in made:
                continue
            parent = made[", ".join(parts[: depth - 1])]
            made[name] = sites.create(
                db, ACTOR, kind=kind, name=parts[depth - 1], parent_id=parent, now=now
            ).id
    return made


def _accounts(db: Session, told: Seeded, schools: list[int], now: datetime) -> None:
    wanted = [
        ("coordinator", "Coordinator of Instructional Technology", Role.COORDINATOR, None),
        ("technician.lincoln", "Technician, Lincoln", Role.TECHNICIAN, schools[0]),
        ("helpdesk", "Helpdesk", Role.HELPDESK, None),
        ("auditor", "Auditor", Role.AUDITOR, None),
        ("technician.district", "Technician, with an authenticator app", Role.TECHNICIAN, None),
        ("superintendent", "Superintendent, likewise", Role.SUPERINTENDENT, None),
    ]
    for name, display, role, site_id in wanted:
        aged = name in WITH_AN_APP
        secret = passwords.one_time() if aged else None
        account, password = accounts.create_account(
            db, ACTOR, user_name=name, display_name=display, one_time=not aged, password=secret,
            grants=[(role, site_id)], now=now - AGE if aged else now,
        )  # fmt: skip
        told.passwords.append((name, secret or password or "", display))
        if aged:
            told.apps.append((name, _app(db, account, now - AGE)))
    program, _ = accounts.create_account(
        db, ACTOR, user_name="demo.script", display_name="A script",
        grants=[(Role.TECHNICIAN, None)], now=now,
    )  # fmt: skip
    _, told.token = tokens.create_token(
        db, ACTOR, program.id, label="demo", now=now, lifetime=timedelta(days=7),
        permissions=[Permission.LOOKUP, Permission.ASSET_READ, Permission.ASSET_WRITE,
                     Permission.SITE_READ, Permission.DISCOVERY_READ, Permission.DISCOVERY_RUN,
                     Permission.DISCOVERY_REVIEW, Permission.MDM_READ],
    )  # fmt: skip


def _app(db: Session, account: Account, then: datetime) -> str:
    """An authenticator app that the account has had for a while; its key."""
    seed = totp.begin(db, account, None, "Demo School District", now=then).seed
    totp.confirm(db, account.id, None, pyotp.TOTP(seed).at(then), now=then)
    return seed


def _credentials(db: Session, devices: list[SimDevice], now: datetime) -> list[int]:
    wanted = dict.fromkeys(device.credential for device in devices if device.answers)
    return [credentials.create(db, ACTOR, _draft(each), now=now).id for each in wanted]


def _draft(credential: Credential) -> CredentialDraft:
    if isinstance(credential, CommunityCredential):
        return CredentialDraft(
            label=credential.label,
            kind=CredentialKind(f"v{credential.version.value}"),
            community=credential.community.decode(),
        )
    assert isinstance(credential, UsmCredential)
    return CredentialDraft(
        label=credential.label,
        kind=CredentialKind.V3,
        username=credential.user,
        auth_protocol=credential.auth_protocol,
        auth_key=credential.auth_key,
        priv_protocol=credential.priv_protocol,
        priv_key=credential.priv_key,
        context=credential.context,
    )


def _swapped_board(
    db: Session, devices: list[SimDevice], schools: dict[str, int], now: datetime
) -> None:
    """A printer recorded before its mainboard was changed: the sweep will call it a conflict."""
    device = next(d for d in devices if d.answers and d.kind == "printer" and d.version == "2c")
    assets.create(
        db,
        ACTOR,
        AssetDraft(
            category=Category.PRINTER,
            manufacturer=device.vendor,
            model=device.model,
            serial=f"{device.serial}OLD",
            site_id=schools[device.school],
            name=device.name,
            identifiers=[("mac", device.macs[0])],
        ),
        now=now,
    )
