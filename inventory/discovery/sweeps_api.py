"""/api/v1/sweeps: watch and cancel."""

from typing import Any

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.discovery import sweeps
from inventory.discovery.models import Network, Sweep
from inventory.discovery.schemas import SweepListArgs, SweepPage, SweepView
from inventory.http.blueprint import api_blueprint
from inventory.http.keyset import after_id, page_of_rows
from inventory.http.unit import current_actor, current_db, current_now

bp = api_blueprint("sweeps", "/sweeps", "Sweeps: how far they are and what they came to.")

ID = "<int(max=2147483647):sweep_id>"


def sweep_body(row: Sweep, network: Network) -> dict[str, Any]:
    """A sweep with its pace at this moment."""
    pace = sweeps.pace(row, now=current_now())
    return {
        **row.model_dump(),
        "network": network.name,
        "percent": pace.percent,
        "rate": pace.rate,
        "eta_seconds": pace.eta_seconds,
    }


@bp.route("")
@guarded(Permission.DISCOVERY_READ)
@bp.arguments(SweepListArgs, location="query")
@bp.response(200, SweepPage)
def list_(args: dict[str, Any]) -> dict[str, Any]:
    """Sweeps of networks in your reach, newest first."""
    limit = args["limit"]
    rows = sweeps.recent(
        current_db(), current_actor(), network_id=args.get("network_id"),
        state=args.get("state"), troubled=args.get("troubled"), before=after_id(args),
        limit=limit + 1,
    )  # fmt: skip
    return page_of_rows(
        rows,
        limit,
        lambda kept: [sweep_body(row, network) for row, network in kept],
        lambda pair: int(pair[0].id),
    )


@bp.route(f"/{ID}")
@guarded(Permission.DISCOVERY_READ)
@bp.response(200, SweepView)
def get(sweep_id: int) -> dict[str, Any]:
    """One sweep: percent, rate and time left while it runs, found by kind."""
    return sweep_body(*sweeps.get(current_db(), current_actor(), sweep_id))


@bp.route(f"/{ID}/cancel", methods=["POST"])
@guarded(Permission.DISCOVERY_RUN)
@bp.response(200, SweepView)
def cancel(sweep_id: int) -> dict[str, Any]:
    """Stop it; what was found until then is kept. 409 once it has ended."""
    db, actor = current_db(), current_actor()
    sweeps.cancel(db, actor, sweep_id, now=current_now())
    return sweep_body(*sweeps.get(db, actor, sweep_id))
