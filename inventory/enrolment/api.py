"""/api/v1/enrolments: a computer tells what it is, and is told its tag."""

from typing import Any

from flask import request

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.enrolment import numbers, service
from inventory.enrolment.models import EnrolledState
from inventory.enrolment.reports import Report
from inventory.enrolment.schemas import (
    EnrolledStateView,
    EnrolmentAnswer,
    EnrolmentArgs,
    EnrolmentReport,
    SerialReport,
)
from inventory.enrolment.service import Came
from inventory.errors import VersionMismatch
from inventory.http.blueprint import api_blueprint
from inventory.http.etag import etag_of, if_match, require_match
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
    told = report_of(report)
    return service.enrol(
        current_db(), current_actor(), told, now=current_now(), dry_run=args["dry_run"]
    )


@bp.route("/assets/by-serial/<string:manufacturer>/<rest:serial>", methods=["PUT"])
@guarded(Permission.ENROL)
@bp.doc(parameters=[if_match(required=False)])
@bp.arguments(SerialReport)
@bp.response(200, EnrolmentAnswer)
@bp.alt_response(201, schema=EnrolmentAnswer, description="It became an asset")
def put_by_serial(
    report: dict[str, Any], manufacturer: str, serial: str
) -> tuple[service.Enrolled, int, dict[str, str]]:
    """Create the computer of this maker and serial number, or bring it up to date: as `enrolments`,
    and as often as one likes. With If-Match only where the asset is as it was read.

    409 where nothing was changed and a person must decide; the reasons say about what.
    """
    db, actor = current_db(), current_actor()
    told = report_of({**report, "manufacturer": manufacturer, "serial": serial})
    numbers.check(actor, told)
    if request.headers.get("If-Match"):
        known = numbers.known(db, actor, manufacturer, serial)
        if known is None:
            raise VersionMismatch("there is no such asset in your reach")
        require_match("asset", known.id, known.version)
    came = service.enrol(db, actor, told, now=current_now())
    status = {Came.CREATED: 201, Came.CONFLICT: 409}.get(came.outcome, 200)
    if came.asset_id is None:
        return came, status, {}
    version = numbers.version_of(db, came.asset_id)
    return came, status, {
        "ETag": etag_of("asset", came.asset_id, version),
        **({"Location": f"/api/v1/assets/{came.asset_id}"} if status == 201 else {}),
    }  # fmt: skip


def report_of(told: dict[str, Any]) -> Report:
    """The report of a body that was checked."""
    software, guards, people = told["software"], told["antimalware"], told["administrators"]
    return Report(
        **{
            **told,
            "macs": tuple(told["macs"]),
            "antimalware": None if guards is None else tuple(guards),
            "administrators": None if people is None else tuple(people),
            "software": None
            if software is None
            else tuple((each["name"], each["version"]) for each in software),
        }
    )


@bp.route("/assets/<int(max=2147483647):asset_id>/enrolment")
@guarded(Permission.ASSET_READ)
@bp.response(200, EnrolledStateView)
def state(asset_id: int) -> EnrolledState:
    """What the computer last told: system, protection, local administrators, software."""
    return service.state_for(current_db(), current_actor(), asset_id)
