"""The pages of transfers and of what is to come back."""

from tests.house.routes import Example, Place, Side
from tests.house.routes.transfers import APPROVED, ASKED, REQUEST, SENT

ONE = "/transfers/<int(max=2147483647):transfer_id>"
CLOSE = "/recovery/<int(max=2147483647):task_id>/close"
OBJECT = Place.OBJECT
REASON = {"reason": "none left"}


def outcome(side: Side) -> str:
    return f"{side.get('chosen')}:received"


MAKERS = {"outcome": outcome}
OF_TASK = {"task_id": "$recovery_task"}

ROUTES = {
    "GET /transfers": Example(query={"waits": "approve"}),
    "GET /transfers/new": Example(),
    "POST /transfers/new": Example(form=REQUEST, place=OBJECT),
    "GET /transfers/in-hand": Example(),
    "POST /transfers/in-hand": Example(
        form={"tag": "$foreign_tag", "to_site_id": "$second_annex", "take": "true"}, place=OBJECT
    ),
    f"GET {ONE}": Example(path=ASKED, place=OBJECT),
    f"POST {ONE}/approve": Example(path=ASKED, form={}, place=OBJECT),
    f"GET {ONE}/refuse": Example(path=ASKED, place=OBJECT),
    f"POST {ONE}/refuse": Example(path=ASKED, form=REASON, place=OBJECT),
    f"GET {ONE}/cancel": Example(path=ASKED, place=OBJECT),
    f"POST {ONE}/cancel": Example(path=ASKED, form=REASON, place=OBJECT),
    f"POST {ONE}/devices": Example(path=APPROVED, form={"tags": "$chosen_tag"}, place=OBJECT),
    f"POST {ONE}/devices/<int(max=2147483647):asset_id>/leave-out": Example(
        path={**APPROVED, "asset_id": "$chosen"}, form={}, place=OBJECT
    ),
    f"POST {ONE}/ship": Example(path=APPROVED, form={}, place=OBJECT),
    f"POST {ONE}/receive": Example(path=SENT, form={"outcome": "$outcome"}, place=OBJECT),
    "GET /recovery": Example(),
    f"GET {CLOSE}": Example(path=OF_TASK, place=OBJECT),
    f"POST {CLOSE}": Example(path=OF_TASK, form={"note": "All is back."}, place=OBJECT),
}
