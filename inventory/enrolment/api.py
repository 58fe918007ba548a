"""/api/v1/enrolments: a computer tells what it is, and is told its tag."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.enrolment import service
from inventory.enrolment.models import EnrolledState
from inventory.enrolment.reports import Report
from inventory.enrolment.schemas import (
    EnrolledStateView,
    EnrolmentAnswer,
    EnrolmentArgs,
    EnrolmentReport,
)
from inventory.http.blueprint import api_blueprint
from inventory.http.idempotency import idempotent
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("enrolment", "", "Computers that enrol themselves by a script.")


@bp.route("/enrolments", methods=["POST"])
@guarded(Permission.ENROL)
@idempotent
@bp.arguments(EnrolmentReport)
@bp.arguments(EnrolmentArgs, location="query")
@bp.response(200, EnrolmentAnswer)
def enrol(report: dict[str, Any], args: dict[str, Any]) -> service.Enrolled:
    """Take one computer's report.

    A new computer becomes an asset with the next tag, or with the one it names; a known one is
    brought up to date, without touching what a person entered. `conflict` means that nothing was
    changed and a person must decide: the reasons say about what.
    """
    software, guards = report["software"], report["antimalware"]
    people = report["administrators"]
    told = Report(
        **{
            **report,
            "macs": tuple(report["macs"]),
            "antimalware": None if guards is None else tuple(guards),
            "administrators": None if people is None else tuple(people),
            "software": None
            if software is None
            else tuple((each["name"], each["version"]) for each in software),
        }
    )
    return service.enrol(
        current_db(), current_actor(), told, now=current_now(), dry_run=args["dry_run"]
    )


@bp.route("/assets/<int(max=2147483647):asset_id>/enrolment")
@guarded(Permission.ASSET_READ)
@bp.response(200, EnrolledStateView)
def state(asset_id: int) -> EnrolledState:
    """What the computer last told: system, protection, local administrators, software."""
    return service.state_for(current_db(), current_actor(), asset_id)
