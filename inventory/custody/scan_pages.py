"""/scan: what is to be done is fixed first, then everything that is scanned is done once."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.custody import carts, scanning, undoing
from inventory.custody.hand_pages import MOST_CARTS, in_zone
from inventory.custody.holders import Holder, Terms
from inventory.custody.models import CustodyKind
from inventory.custody.scan_form_schemas import (
    MOST_AT_ONCE,
    CodesForm,
    PersonForm,
    StationArgs,
    UndoForm,
)
from inventory.custody.scanning import Mode, Scan, Station
from inventory.custody.service import Coming
from inventory.custody.viewing import record_person_views
from inventory.db import translate
from inventory.errors import HomeroomError, NotFound
from inventory.http.idempotency import idempotent
from inventory.http.unit import current_actor, current_db, current_now
from inventory.people import service as people
from inventory.people.choosing_pages import MOST_PEOPLE
from inventory.people.models import Person
from inventory.people.service import PersonFilter
from inventory.sites.models import Site
from inventory.sites.picking import pickable
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import POLICY, done, is_part, page, part

bp = Blueprint("scan_pages", __name__, url_prefix="/scan")

CAMERA_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""The reader of codes is WebAssembly; no other page needs it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One scan as the list shows it: what it came to, or why it was refused."""

    code: str
    scan: Scan | None = None
    refused: HomeroomError | None = None
    holder: str = ""

    @property
    def near(self) -> list[object]:
        """Tags that may have been meant."""
        return self.refused.near if isinstance(self.refused, NotFound) else []


@bp.route("")
@guarded(Permission.CUSTODY_WRITE, page=True, write=True)
@with_query(StationArgs)
def show(args: dict[str, Any]) -> Response:
    """Choose what to do and to whom; then scan."""
    return _station_page(args)


@bp.route("/person", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
@with_query(StationArgs)
def person(args: dict[str, Any]) -> Response:
    """Find somebody by name; posted, so that no name stands in an address."""
    form = Form(PersonForm())
    found: list[Person] = []
    if form.submitted():
        wanted = PersonFilter(form.data["q"], None, None, True)
        found = people.search(current_db(), current_actor(), wanted, after=None, limit=MOST_PEOPLE)
    record_person_views(current_db(), current_actor(), [p.id for p in found], now=current_now())
    return _station_page(args, asked=form, found=found)


@bp.route("/one", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
@with_query(StationArgs)
def one(args: dict[str, Any]) -> Response:
    """One scan of the page's queue, with an Idempotency-Key; its line."""
    station, code = _station(args), request.form.get("codes", "")
    # An answer that is kept to be given twice must hold no name; and looking changes nothing.
    if station.mode is Mode.FIND or scanning.is_badge(current_db(), current_actor(), station, code):
        return _line(args, _scanned(station, code))
    answer: Response = _once(args, station, code)
    return answer


@idempotent
def _once(args: dict[str, Any], station: Station, code: str) -> Response:
    return _line(args, _scanned(station, code))


@bp.route("/many", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
@with_query(StationArgs)
def many(args: dict[str, Any]) -> Response:
    """Without JavaScript: one scan, or several, one a line."""
    form = Form(CodesForm())
    codes = [code for code in form.value("codes").splitlines() if code.strip()]
    if len(codes) > MOST_AT_ONCE:
        form.refuse(_("At most %(n)s scans at once.", n=MOST_AT_ONCE), "codes")
    lines: list[Line] = []
    if form.submitted():
        for code in codes:
            lines.append(_scanned(_station(args), code))
            chosen = lines[-1].scan and lines[-1].scan.person
            if chosen:
                args = {**args, "person_id": chosen.id}
    return _station_page(args, codes=form, lines=lines[::-1])


@bp.route("/undo", methods=["POST"])
@guarded(Permission.CUSTODY_WRITE, page=True)
@with_query(StationArgs)
def undo(args: dict[str, Any]) -> Response:
    """Take one scan back."""
    form = Form(UndoForm())
    if form.submitted():
        with form.attempt():
            undoing.undo(
                current_db(), current_actor(), form.data["custody_id"],
                was_at=form.data["was_at"], now=current_now(),
            )  # fmt: skip
    if is_part():
        return part("custody/scan_undone.html", status=form.status, form=form)
    if form.ok:
        return done(f"/scan?{request.query_string.decode()}", _("The scan was undone."))
    return _station_page(args, undone=form)


def _scanned(station: Station, code: str) -> Line:
    """Do it in a savepoint: what is refused spoils nothing else."""
    db, actor = current_db(), current_actor()
    try:
        with db.begin_nested():
            found = scanning.scan(db, actor, station, code, now=current_now())
    except (HomeroomError, DBAPIError) as error:
        refused = translate(error) if isinstance(error, DBAPIError) else error
        if not isinstance(refused, HomeroomError):
            raise
        return Line(code, refused=refused)
    if found.person is not None:
        record_person_views(db, actor, [found.person.id], now=current_now())
        return Line(code, found, holder=_name(found.person))
    if station.mode is Mode.FIND and found.custody is not None:
        held = found.custody
        return Line(code, found, holder=_holder(held.person_id, held.place_id, held.cart_id))
    return Line(code, found)


def _line(args: dict[str, Any], line: Line) -> Response:
    status = 200 if line.refused is None else line.refused.status
    return part("custody/scan_line.html", status=status, line=line, args=args, query=_query())


def _station(args: dict[str, Any]) -> Station:
    lent = args["kind"] is CustodyKind.LOAN
    terms = Terms(
        args["kind"], args["loan_reason"] if lent else None, in_zone(args["due_at"]),
        args["condition"],
    )  # fmt: skip
    holder = Holder(args["person_id"], args["place_id"], args["cart_id"])
    return Station(args["mode"], holder, args["badges"], terms, Coming(args["condition"]))


def _station_page(args: dict[str, Any], **more: Any) -> Response:
    db, actor = current_db(), current_actor()
    refused: Form = more.get("codes") or more.get("undone") or more.get("asked") or _form(args)
    to = _holder(args["person_id"], args["place_id"], args["cart_id"])
    ready = args["mode"] in {Mode.IN, Mode.FIND} or bool(to) or (
        args["mode"] is Mode.OUT and args["badges"]
    )  # fmt: skip
    response = page(
        "custody/scan.html", status=refused.status, args=args, form=_form(args), to=to,
        ready=ready, query=_query(), lines=more.get("lines", []), codes=more.get("codes"),
        undone=more.get("undone"), asked=more.get("asked") or Form(PersonForm(), read=False),
        found=more.get("found"), places=pickable(db, actor, Permission.CUSTODY_WRITE),
        carts=[(c.id, c.name) for c in carts.listed(db, actor, limit=MOST_CARTS)],
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = CAMERA_POLICY
    response.headers["Permissions-Policy"] = "camera=(self)"
    return response


def _form(args: dict[str, Any]) -> Form:
    shown = dict(args)
    if args["due_at"] is not None:
        shown["due_at"] = args["due_at"].strftime("%Y-%m-%dT%H:%M")
    return Form(StationArgs(), shown, read=False)


def _holder(person_id: int | None, place_id: int | None, cart_id: int | None) -> str:
    """The name of who or what gets or has it, "" where that is outside the viewer's reach."""
    db, actor = current_db(), current_actor()
    try:
        if person_id is not None:
            found = people.get(db, actor, person_id)
            record_person_views(db, actor, [found.id], now=current_now())
            return _name(found)
        if cart_id is not None:
            return carts.get(db, actor, cart_id).name
    except NotFound:
        return ""
    place = db.get(Site, place_id) if place_id is not None else None
    return place.name if place and actor.may(Permission.CUSTODY_READ, place.id) else ""


def _name(person: Person) -> str:
    return f"{person.given_name} {person.family_name}"


def _query() -> str:
    return request.query_string.decode("ascii", "replace")
