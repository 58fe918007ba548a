"""/api/v1/labels: label stock, printers that are off, and labels as PDF or ZPL."""

from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.http.blueprint import api_blueprint
from inventory.http.download import disposition
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.labels import keeping, service
from inventory.labels.design import Wanted
from inventory.labels.models import LabelPrinter, LabelStock
from inventory.labels.printing import Placing, pdf
from inventory.labels.schemas import (
    LabelOrder,
    NewPrinter,
    NewStock,
    OwnStockView,
    PrinterList,
    PrinterView,
    StockList,
)
from inventory.labels.zpl import zpl
from inventory.settings import base_url

bp = api_blueprint("labels", "", "Labels for devices: QR code, Code 128, a few words.")

STOCK, PRINTERS = "/label-stock", "/label-printers"


@bp.route("/labels", methods=["POST"])
@guarded(Permission.ASSET_READ)
@bp.arguments(LabelOrder)
@bp.response(200, content_type="application/pdf")
def make(order: dict[str, Any]) -> Response:
    """Labels for tags as a PDF in real millimetres (print it at actual size), or as ZPL II for a
    Zebra. `X-Left-Out` names codes that did not fit on this stock."""
    db, actor = current_db(), current_actor()
    stock = keeping.stock_named(db, actor, order["stock"])
    settings = runtime().settings
    place = service.Place(settings.district, base_url(settings))
    told = service.contents(db, actor, order["tags"], order["lines"], place)
    labels = service.laid_out(stock, told, Wanted(order["qr"], order["bars"]))
    placing = Placing(order["start"], order["dx"], order["dy"])
    if order["format"] == "zpl":
        answer = Response(zpl(stock, labels, placing, dpi=order["dpi"]), mimetype="text/plain")
    else:
        answer = Response(pdf(stock, labels, placing, title="Labels"), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = disposition(f"labels.{order['format']}")
    missing = {name for label in labels for name in label.left_out}
    if missing:
        answer.headers["X-Left-Out"] = ", ".join(sorted(missing))
    return answer


@bp.route(STOCK)
@guarded(Permission.ASSET_READ)
@bp.response(200, StockList)
def list_stock() -> dict[str, Any]:
    """All label stock that can be asked for: the district's own, and what comes along."""
    return {"items": list(keeping.all_stock(current_db(), current_actor()).values())}


@bp.route(STOCK, methods=["POST"])
@guarded(Permission.CATALOG_WRITE)
@bp.arguments(NewStock)
@bp.response(201, OwnStockView)
def add_stock(given: dict[str, Any]) -> LabelStock:
    """Describe stock of one's own; it is asked for as `own-` and its id."""
    draft = keeping.StockDraft(**given)
    return keeping.add_stock(current_db(), current_actor(), draft, now=current_now())


@bp.route(f"{STOCK}/<int(max=2147483647):stock_id>", methods=["DELETE"])
@guarded(Permission.CATALOG_WRITE)
@bp.response(204)
def remove_stock(stock_id: int) -> None:
    """Forget stock of one's own."""
    keeping.remove_stock(current_db(), current_actor(), stock_id, now=current_now())


@bp.route(PRINTERS)
@guarded(Permission.ASSET_READ)
@bp.response(200, PrinterList)
def list_printers() -> dict[str, Any]:
    """Printers with their offsets."""
    return {"items": keeping.printers(current_db(), current_actor())}


@bp.route(PRINTERS, methods=["POST"])
@guarded(Permission.CATALOG_WRITE)
@bp.arguments(NewPrinter)
@bp.response(201, PrinterView)
def add_printer(given: dict[str, Any]) -> LabelPrinter:
    """Remember by how much a printer is off."""
    return keeping.add_printer(current_db(), current_actor(), **given, now=current_now())


@bp.route(f"{PRINTERS}/<int(max=2147483647):printer_id>", methods=["DELETE"])
@guarded(Permission.CATALOG_WRITE)
@bp.response(204)
def remove_printer(printer_id: int) -> None:
    """Forget a printer."""
    keeping.remove_printer(current_db(), current_actor(), printer_id, now=current_now())
