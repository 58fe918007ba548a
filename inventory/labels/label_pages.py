"""/labels: the designer with its live preview, the printed file, own stock and printers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _, ngettext

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.assets.picked import picked
from inventory.errors import InvalidInput
from inventory.http.download import disposition
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.labels import keeping, service
from inventory.labels.design import Arranged, Wanted, left_out
from inventory.labels.drawing import label_svg, sheet_svg
from inventory.labels.printing import Placing, calibration, checked, pdf
from inventory.labels.schemas import DesignArgs, NewPrinter, NewStock, PrintForm
from inventory.labels.service import Line
from inventory.labels.stock import Stock
from inventory.labels.zpl import DENSITIES, zpl
from inventory.schema import ObjectSchema
from inventory.settings import base_url
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import done, page

bp = Blueprint("label_pages", __name__, url_prefix="/labels")

SHOWN = 6
CODES = ("qr", "bars")


@dataclass(frozen=True, slots=True)
class _Job:
    """What was asked for, laid out."""

    stock: Stock
    labels: list[Arranged]
    tags: list[str]
    placing: Placing


@bp.route("")
@guarded(Permission.ASSET_READ, page=True)
@with_query(DesignArgs)
def design(args: dict[str, Any]) -> Response:
    """What the labels will look like, for the assets that were ticked or typed."""
    given = {**args, "tags": " ".join([args["tags"], *_ticked(args.pop("id"))]).strip()}
    if not given["shown"]:
        given |= {"codes": list(CODES), "lines": [Line.DISTRICT, Line.MODEL]}
    return _designer(given)


@bp.route("/print", methods=["POST"])
@guarded(Permission.ASSET_READ, page=True)
def print_out() -> Response:
    """The file for the printer; the designer again where something is wrong."""
    form = Form(PrintForm())
    if not form.ok:
        raise InvalidInput("these labels cannot be printed", form.errors)
    given = form.data
    if given["what"] == "calibration":
        job = _job(given, example=True)
        body: bytes | str = calibration(job.stock, job.placing, title=_("Calibration"))
    else:
        job = _job(given)
        if given["what"] == "zpl":
            body = zpl(job.stock, job.labels, job.placing, dpi=given["dpi"])
        else:
            body = pdf(job.stock, job.labels, job.placing, title=_("Labels"))
    ending = "zpl" if given["what"] == "zpl" else "pdf"
    answer = Response(body, mimetype="text/plain" if ending == "zpl" else "application/pdf")
    answer.headers["Content-Disposition"] = disposition(f"{given['what']}.{ending}")
    return answer


@bp.route("/stock", methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def own() -> Response:
    """The district's own stock, and a new one."""
    current_actor().require_everywhere(Permission.CATALOG_WRITE)
    form = Form(NewStock(), {"columns": 1, "rows": 1})
    if form.submitted():
        with form.attempt():
            draft = keeping.StockDraft(**form.data)
            keeping.add_stock(current_db(), current_actor(), draft, now=current_now())
        if form.ok:
            return done(url_for("label_pages.own"), _("The stock was added."))
    rows = keeping.own_stock(current_db(), current_actor())
    return page("labels/stock.html", status=form.status, form=form, rows=rows)


@bp.route("/printers", methods=["GET", "POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def printers() -> Response:
    """Printers that are off, and a new one."""
    current_actor().require_everywhere(Permission.CATALOG_WRITE)
    form = Form(NewPrinter())
    if form.submitted():
        with form.attempt():
            keeping.add_printer(current_db(), current_actor(), **form.data, now=current_now())
        if form.ok:
            return done(url_for("label_pages.printers"), _("The printer was added."))
    rows = keeping.printers(current_db(), current_actor())
    return page("labels/printers.html", status=form.status, form=form, rows=rows)


@bp.route("/stock/<int(max=2147483647):stock_id>/delete", methods=["POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def remove_stock(stock_id: int) -> Response:
    keeping.remove_stock(current_db(), current_actor(), stock_id, now=current_now())
    return done(url_for("label_pages.own"), _("The stock was deleted."))


@bp.route("/printers/<int(max=2147483647):printer_id>/delete", methods=["POST"])
@guarded(Permission.CATALOG_WRITE, page=True)
def remove_printer(printer_id: int) -> Response:
    keeping.remove_printer(current_db(), current_actor(), printer_id, now=current_now())
    return done(url_for("label_pages.printers"), _("The printer was deleted."))


def _ticked(ids: Sequence[int]) -> list[str]:
    return [row.tag for row in picked(current_db(), current_actor(), ids)] if ids else []


def _designer(given: dict[str, Any]) -> Response:
    db, actor = current_db(), current_actor()
    job, problems = None, []
    try:
        job = _job(given, example=not given["tags"].split())
    except InvalidInput as refused:
        problems = [str(each) for told in refused.fields.values() for each in _told(told)]
    known = keeping.all_stock(db, actor)
    return page(
        "labels/designer.html", form=Form(ObjectSchema(), given, read=False), given=given,
        pictures=_pictures(job) if job else [], job=job, problems=problems,
        sheet=_sheet(job) if job and job.stock.cells > 1 else "", missing=_missing(job),
        stock=[(key, each.name) for key, each in known.items()], lines=list(Line),
        printers=[(row.id, row.name) for row in keeping.printers(db, actor)],
        densities=[(each, f"{each} dpi") for each in DENSITIES],
    )  # fmt: skip


def _job(given: Mapping[str, Any], *, example: bool = False) -> _Job:
    db, actor = current_db(), current_actor()
    settings = runtime().settings
    place = service.Place(settings.district, base_url(settings))
    stock = keeping.stock_named(db, actor, given["stock"])
    tags = given["tags"].replace(",", " ").split()
    told = (
        [service.example(given["lines"], place)]
        if example
        else service.contents(db, actor, tags, given["lines"], place)
    )
    wanted = Wanted("qr" in given["codes"], "bars" in given["codes"])
    printer = keeping.printer_named(db, actor, given["printer"]) if given["printer"] else None
    placing = (
        Placing(given["start"], printer.dx, printer.dy) if printer else Placing(given["start"])
    )
    checked(stock, placing, len(told))
    return _Job(stock, service.laid_out(stock, told, wanted), [each.tag for each in told], placing)


def _pictures(job: _Job) -> list[Any]:
    return [
        label_svg(job.stock, label, name=_("Label of %(tag)s", tag=tag))
        for label, tag in list(zip(job.labels, job.tags, strict=True))[:SHOWN]
    ]


def _sheet(job: _Job) -> Any:
    told = _("The first sheet: printing begins at label %(n)s", n=job.placing.start)
    return sheet_svg(job.stock, job.placing.start, len(job.labels), name=told)


def _missing(job: _Job | None) -> list[str]:
    """A sentence for each code that does not fit."""
    if job is None:
        return []
    words = {"qr": _("QR code"), "bars": _("Bar code")}
    return [
        ngettext(
            "%(code)s: does not fit on one label, and is left out there.",
            "%(code)s: does not fit on %(num)s labels, and is left out there.",
            count, code=words[name],
        )
        for name, count in left_out(job.labels).items()
    ]  # fmt: skip


def _told(messages: object) -> Sequence[object]:
    return messages if isinstance(messages, list) else [messages]
