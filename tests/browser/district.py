"""What the browser looks at: a school swept over the simulated network, with hostile strings."""

import threading
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlmodel import col, select

from inventory import installation
from inventory.access import Actor, Grant, Permission, Role, system_actor
from inventory.accounts import preferences, service as accounts, sessions, tokens
from inventory.accounts.models import RoleGrant
from inventory.accounts.sessions import Origin
from inventory.assets import custom_fields, notes, service as assets, uploading
from inventory.assets.custom_fields import FieldDraft
from inventory.assets.file_store import FileStore
from inventory.assets.kinds import Category, FieldKind, Outcome
from inventory.assets.models import Asset
from inventory.assets.service import AssetDraft
from inventory.db import now
from inventory.desk import saved_views
from inventory.desk.models import ViewPage
from inventory.desk.saved_views import ViewDraft
from inventory.discovery import networks, sweep_run, sweeps
from inventory.discovery.finding_models import DiscoveryFinding
from inventory.discovery.models import Network, SnmpCredential, Sweep
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.discovery.reading_models import SupplyReading
from inventory.engine import JobContext
from inventory.notices import targets
from inventory.sites.models import Site, SiteKind
from tests.browser.administered import fill_administered
from tests.browser.handed import fill_handed
from tests.browser.imported import fill_imports
from tests.browser.managed import fill_managed
from tests.browser.moved import fill_moved
from tests.browser.pupils import fill_people
from tests.browser.serving import Installation
from tests.demo.seed import seed
from tests.simnet import Simnet, load_district

ACTOR = system_actor("browser tests", Permission)
SCHOOL = "lincoln"
EVIL = '<img src=x onerror=alert(1)><script>alert(2)</script>"\' onx="alert(3)" =1+1 {{7*7}}'
"""In every free text of one asset, one person, one network and one account."""


@dataclass
class Made:
    """Ids of what pages are about."""

    accounts: dict[str, int] = field(default_factory=dict)
    asset: int = 0
    evil_asset: int = 0
    printer: int = 0
    switch: int = 0
    network: int = 0
    credential: int = 0
    notice_target: int = 0
    sweep: int = 0
    finding_new: int = 0
    finding_conflict: int = 0
    school: int = 0
    room: int = 0
    program: int = 0
    token: int = 0
    technician: int = 0
    disabled: int = 0
    grant: int = 0
    session: int = 0
    own_session: int = 0
    own_token: int = 0
    evil_network: int = 0
    file: int = 0
    view: int = 0
    maker: int = 0
    model: int = 0
    own_field: int = 0
    tag: str = ""
    connection: int = 0
    managed: int = 0
    held_asset: int = 0
    device_new: int = 0
    device_torn: int = 0
    device_left: int = 0
    command_asked: int = 0
    command_held: int = 0
    command_unclear: int = 0
    batch: int = 0
    person: int = 0
    plan_applied: int = 0
    directory: int = 0
    source_school: int = 0
    plan_waiting: int = 0
    import_applied: int = 0
    import_waiting: int = 0
    import_staged: int = 0
    custody: int = 0
    handed_asset: int = 0
    admin_drift: int = 0
    admin_grant: int = 0
    allowed_account: int = 0


def fill(made_in: Installation) -> Made:
    """Prepare the database and fill it. About ten seconds: one real sweep."""
    database, settings = made_in.database, made_in.settings
    installation.prepare(database)
    whole = load_district()
    one = replace(
        whole,
        schools={key: school for key, school in whole.schools.items() if key == SCHOOL},
        specs=tuple(spec for spec in whole.specs if spec.school == SCHOOL),
    )
    made = Made()
    with Simnet.start(district=one) as net:
        with database.unit() as db:
            told = seed(db, one, one.devices(), net.port, Limits.of(settings), now=now())
            made.network = told.networks[0][0]
            network = db.get_one(Network, made.network)
            networks.change(
                db, ACTOR, network.id,
                {"targets": [device.address for device in net.devices], "timeout": 0.5},
                limits=Limits.of(settings), now=now(),
            )  # fmt: skip
        for _ in range(2):
            made.sweep = _sweep(made_in, made.network)
    _people_and_programs(made_in, made)
    _evil(made_in, made)
    with made_in.database.unit() as db:
        handed = fill_handed(db, ACTOR, EVIL, now=now()) | fill_moved(db, ACTOR, EVIL, now=now())
        for name, number in (fill_managed(db, ACTOR, EVIL, now=now()) | handed).items():
            setattr(made, name, number)
        for name, number in fill_administered(db, ACTOR, EVIL, now=now()).items():
            setattr(made, name, number)
    for name, number in fill_people(made_in.database, EVIL).items():
        setattr(made, name, number)
    for name, number in fill_imports(made_in.database, EVIL).items():
        setattr(made, name, number)
    _find(made_in, made)
    return made


def _sweep(made_in: Installation, network: int) -> int:
    with made_in.database.unit() as db:
        sweep = sweeps.request_sweep(db, ACTOR, network, now=now())
    payload = {"sweep": sweep.id}
    job = JobContext(
        made_in.database, made_in.settings, payload, f"sweep:{sweep.id}.1", lambda _: False,
        threading.Event(), 0.05,
    )  # fmt: skip
    sweep_run.run_sweep(job)
    return sweep.id


def _people_and_programs(made_in: Installation, made: Made) -> None:
    with made_in.database.unit() as db:
        for name, role in (
            ("admin", Role.COORDINATOR), ("technician", Role.TECHNICIAN),
            ("helpdesk.desk", Role.HELPDESK), ("auditor.one", Role.AUDITOR), ("staff", Role.STAFF),
        ):  # fmt: skip
            account, _ = accounts.create_account(
                db, ACTOR, user_name=name, display_name=name.title(), grants=[(role, None)],
                now=now(),
            )  # fmt: skip
            made.accounts["coordinator" if name == "admin" else name.split(".")[0]] = account.id
        program, _ = accounts.create_account(
            db, ACTOR, user_name="label.printer", display_name=EVIL[:100],
            grants=[(Role.INTEGRATION, None)], now=now(),
        )  # fmt: skip
        token, _ = tokens.create_token(
            db, ACTOR, program.id, label="labels", permissions=[Permission.LOOKUP],
            lifetime=timedelta(days=30), now=now(),
        )  # fmt: skip
        made.program, made.token = program.id, token.id
        hook = targets.TargetDraft(EVIL[:80], "http://127.0.0.1:9/hook", ("breaker",))
        made.notice_target = targets.create(db, ACTOR, hook, now=now())[0].id
    _own_things(made_in, made)


def _own_things(made_in: Installation, made: Made) -> None:
    """A session and a role to end, a token and a saved view of one's own, a disabled account."""
    database, settings = made_in.database, made_in.settings
    boss, made.technician = made.accounts["coordinator"], made.accounts["technician"]
    me = Actor("account", boss, "admin", (Grant(frozenset(Permission), None),))
    with database.unit() as db:
        origin = Origin("127.0.0.1", EVIL)
        made.session = sessions.start(db, made.technician, origin, settings, now=now())[0].id
        made.own_session = sessions.start(db, boss, origin, settings, now=now())[0].id
        made.own_token = tokens.create_token(
            db, me, boss, label=EVIL[:60], permissions=[Permission.LOOKUP],
            lifetime=timedelta(days=30), now=now(),
        )[0].id  # fmt: skip
        gone, _ = accounts.create_account(db, ACTOR, user_name="gone", now=now())
        accounts.disable(db, ACTOR, gone.id, reason="left the district", now=now())
        made.disabled = gone.id
        draft = ViewDraft(ViewPage.ASSETS, EVIL[:60], "category=printer")
        # A loaded test machine delivers a scanner's keys late.
        desk = Actor("account", made.accounts["helpdesk"], "desk", me.grants)
        preferences.choose(db, desk, {"scan_gap_ms": 200})
        made.view = saved_views.save(db, me, draft, now=now()).id
        made.grant = db.exec(
            select(RoleGrant.id).where(RoleGrant.account_id == made.technician)
        ).one()


def _evil(made_in: Installation, made: Made) -> None:
    """An asset and a network that are called by what an attacker would call them."""
    with made_in.database.unit() as db:
        asks = FieldDraft(
            key="condition", label=EVIL[:80], kind=FieldKind.CHOICE, choices=["new", EVIL[:100]],
            help=EVIL[:300],
        )  # fmt: skip
        made.own_field = custom_fields.create_field(db, ACTOR, asks, now=now()).id
        draft = AssetDraft(
            category=Category.LAPTOP, name=EVIL[:120], serial="EVIL-0001", description=EVIL,
            manufacturer="O'Brien <b>& Sons</b>", model="<i>Model</i> \"9\"",
            supplier=EVIL[:100], order_number="=HYPERLINK(1)", custom={"condition": EVIL[:100]},
        )  # fmt: skip
        evil_one = assets.create(db, ACTOR, draft, now=now())
        made.evil_asset, made.maker = evil_one.id, evil_one.manufacturer_id or 0
        made.model = evil_one.model_id or 0
        notes.add_note(db, ACTOR, made.evil_asset, EVIL, now=now())
        evil = NetworkDraft("<script>alert(4)</script>", ["10.66.6.0/28"])
        made.evil_network = networks.create(db, ACTOR, evil, limits=Limits(), now=now()).id
    picture = BytesIO()
    Image.new("RGB", (320, 200), "teal").save(picture, "PNG")
    picture.seek(0)
    made.file = uploading.upload(
        made_in.database, ACTOR, made.evil_asset, picture, name=f"{EVIL[:60]}.png",
        caption=EVIL, store=FileStore.of(made_in.settings), most=100, now=now(),
    ).file.id  # fmt: skip


def _find(made_in: Installation, made: Made) -> None:
    with made_in.database.unit(write=False) as db:

        def first(query: Any) -> int:
            return int(db.exec(query.limit(1)).one())

        made.school = first(select(Site.id).where(Site.kind == SiteKind.SCHOOL))
        made.room = first(select(Site.id).where(Site.kind == SiteKind.ROOM))
        made.credential = first(select(SnmpCredential.id))
        supplied = select(SupplyReading.asset_id).where(col(SupplyReading.current))
        made.printer = first(
            select(Asset.id)
            .where(Asset.category == Category.PRINTER, col(Asset.id).in_(supplied))
            .order_by(col(Asset.id))
        )
        made.switch = first(
            select(Asset.id).where(Asset.category == Category.NETWORK_DEVICE).order_by("id")
        )
        made.asset = made.printer
        made.tag = db.get_one(Asset, made.asset).tag
        waiting = select(DiscoveryFinding.id).where(col(DiscoveryFinding.decision).is_(None))
        made.finding_new = first(waiting.where(DiscoveryFinding.outcome == Outcome.NEW))
        made.finding_conflict = first(waiting.where(DiscoveryFinding.outcome == Outcome.CONFLICT))
        assert db.get_one(Sweep, made.sweep).state == "finished"
