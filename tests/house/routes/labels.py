"""Labels: stock, printers and printing, over the API and in the browser."""

import os

from inventory.labels import keeping
from tests.house.routes import Example, Place, Side
from tests.inventory.conftest import OPERATOR


def label_stock(side: Side) -> int:
    for old in keeping.own_stock(side.db, OPERATOR)[20:]:  # hostile requests leave many behind
        keeping.remove_stock(side.db, OPERATOR, old.id, now=side.now)
    draft = keeping.StockDraft(
        name=f"s {os.urandom(6).hex()}", page_width=60, page_height=30, width=60, height=30
    )
    return keeping.add_stock(side.db, OPERATOR, draft, now=side.now).id


def label_printer(side: Side) -> int:
    for old in keeping.printers(side.db, OPERATOR)[20:]:
        keeping.remove_printer(side.db, OPERATOR, old.id, now=side.now)
    name = f"p {os.urandom(6).hex()}"
    return keeping.add_printer(side.db, OPERATOR, name, 1.0, 0.5, now=side.now).id


MAKERS = {"label_stock": label_stock, "label_printer": label_printer}
ID = "<int(max=2147483647):{}_id>"
STOCK = {"name": "$unique", "page_width": 60, "page_height": 30, "width": 60, "height": 30}
PRINTER = {"name": "$unique", "dx": 1.5, "dy": 0}
ONE_STOCK, ONE_PRINTER = {"stock_id": "$label_stock"}, {"printer_id": "$label_printer"}

ROUTES = {
    "POST /api/v1/labels": Example(json={"tags": ["$tag"], "stock": "dymo-30252"}),
    "GET /api/v1/label-stock": Example(),
    "POST /api/v1/label-stock": Example(json=STOCK, place=Place.DISTRICT),
    f"DELETE /api/v1/label-stock/{ID.format('stock')}": Example(
        path=ONE_STOCK, place=Place.DISTRICT
    ),
    "GET /api/v1/label-printers": Example(),
    "POST /api/v1/label-printers": Example(json=PRINTER, place=Place.DISTRICT),
    f"DELETE /api/v1/label-printers/{ID.format('printer')}": Example(
        path=ONE_PRINTER, place=Place.DISTRICT
    ),
    "GET /labels": Example(),
    "POST /labels/print": Example(form={"what": "calibration", "stock": "avery-5160"}),
    "GET /labels/stock": Example(place=Place.DISTRICT),
    "POST /labels/stock": Example(form=STOCK, place=Place.DISTRICT),
    "GET /labels/printers": Example(place=Place.DISTRICT),
    "POST /labels/printers": Example(form=PRINTER, place=Place.DISTRICT),
    f"POST /labels/stock/{ID.format('stock')}/delete": Example(
        path=ONE_STOCK, form={}, place=Place.DISTRICT
    ),
    f"POST /labels/printers/{ID.format('printer')}/delete": Example(
        path=ONE_PRINTER, form={}, place=Place.DISTRICT
    ),
}
