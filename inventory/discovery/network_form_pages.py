"""/networks/new and /networks/ID/edit: the form of a network, and what it counts while typing."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.discovery import credentials, network_form_schemas as forms, network_rules, networks
from inventory.discovery.models import Network, SnmpCredential
from inventory.discovery.network_form_schemas import CheckForm, NetworkForm
from inventory.discovery.network_pages import ID, unchanged
from inventory.discovery.network_rules import Limits, NetworkDraft
from inventory.errors import InvalidInput
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.sites import naming
from inventory.sites.naming import Spot
from inventory.sites.placing import near
from inventory.web.forms import Form
from inventory.web.pages import done, page, part
from snmp_discovery.types import Kind

bp = Blueprint("network_form_pages", __name__, url_prefix="/networks")

BLANK_ROWS, BLANK_CREDENTIALS, MOST_CREDENTIALS = 2, 2, 16
ADVANCED = ("port", "rate", "timeout", "retries", "max_hosts")


@bp.route("/new", methods=["GET", "POST"])
@guarded(Permission.NETWORK_WRITE, page=True)
def new() -> Response:
    """A network that is not there yet."""
    known = _places()
    initial = {**forms.shown(forms.USUAL, {}), "site_id": _only(known)}
    form = Form(NetworkForm(), initial)
    if form.submitted():
        with form.attempt():
            draft = NetworkDraft(**_values(form, known))
            network = networks.create(
                current_db(), current_actor(), draft, limits=_limits(), now=current_now()
            )
        if form.ok:
            return _done(network, _("The network was added."))
    return _page(form, known, initial)


@bp.route(f"/{ID}/edit", methods=["GET", "POST"])
@guarded(Permission.NETWORK_WRITE, page=True)
def edit(network_id: int) -> Response:
    """Change a network. Who was slower than somebody else sees both versions."""
    db, actor = current_db(), current_actor()
    network = networks.get(db, actor, network_id)
    actor.require(Permission.NETWORK_WRITE, network.site_id)
    known = _places()
    called = {spot.id: spot for spot in known}
    initial = forms.shown(networks.draft_of(db, network), called)
    form = Form(NetworkForm(), initial)
    if form.submitted():
        with form.attempt():
            unchanged(networks.get(db, actor, network_id, lock=True), form.data["version"])
            networks.change(
                db, actor, network_id, _values(form, known), limits=_limits(), now=current_now()
            )
        if form.ok:
            return _done(network, _("The network was changed."))
    return _page(form, known, initial, network)


@bp.route("/check", methods=["POST"])
@guarded(Permission.NETWORK_WRITE, page=True, write=False)
def check() -> Response:
    """How many addresses the targets of the form are, or what is wrong with them."""
    form = Form(CheckForm())
    count, problems = None, form.errors
    if form.ok and form.data["targets"]:
        try:
            count = network_rules.check_targets(
                form.data["targets"], form.data["exclusions"], max_hosts=form.data["max_hosts"],
                limits=_limits(),
            )  # fmt: skip
        except InvalidInput as wrong:
            problems = {name: [str(each) for each in told] for name, told in _told(wrong)}
    return part("discovery/target_count.html", count=count, problems=problems)


@bp.route("/place-row")
@guarded(Permission.NETWORK_WRITE, page=True)
def place_row() -> Response:
    """One more row for the table of places."""
    return part("discovery/place_row.html", rows=[("", "")])


def _page(
    form: Form, known: Sequence[Spot], initial: Mapping[str, Any], network: Network | None = None
) -> Response:
    """The form; `present` is what somebody quicker has made of the network meanwhile."""
    rows = forms.rows_of(*_typed()) if form.posted else initial["rows"]
    site = form.value("site_id")
    around = int(site) if str(site).isdecimal() and len(str(site)) < 10 else None
    offered = near(known, around)
    chosen = [value for value in form.value("credentials") if value]
    present = network is not None and form.status == 412
    return page(
        "discovery/network_form.html", status=form.status, form=form, network=network,
        rows=[*rows, *[("", "")] * BLANK_ROWS], places=offered,
        sites=[spot for spot in offered if spot.kind != "room" or spot.id == around],
        everywhere=current_actor().scope(Permission.NETWORK_WRITE) is None,
        credentials=_credentials(), chosen=[*chosen, *[""] * BLANK_CREDENTIALS][:MOST_CREDENTIALS],
        kinds=[kind.value for kind in Kind], zone=_limits().zone.key,
        advanced=_advanced(form), present=initial if present else None,
    )  # fmt: skip


def _advanced(form: Form) -> bool:
    """Whether something there is not as usual, or wrong."""
    usual = forms.shown(forms.USUAL, {})
    return any(
        form.problems(name) or str(form.value(name)) != str(usual[name] or "") for name in ADVANCED
    )


def _values(form: Form, known: Sequence[Spot]) -> dict[str, Any]:
    return forms.values_of(form.data, forms.placed(forms.rows_of(*_typed()), known))


def _typed() -> tuple[list[str], list[str]]:
    """The columns of the table of places, blanks and all, so that they stay side by side."""
    given = request.form
    return given.getlist(forms.PLACE_TARGET), given.getlist(forms.PLACE_SITE)


def _places() -> list[Spot]:
    return naming.choices(current_db(), current_actor(), Permission.NETWORK_WRITE, rooms=True)


def _only(known: Sequence[Spot]) -> int | None:
    """The school, where there is just one."""
    schools = [spot.id for spot in known if spot.kind == "school"]
    return schools[0] if len(schools) == 1 else None


def _credentials() -> list[SnmpCredential]:
    return credentials.all_of(current_db(), current_actor(), limit=500)


def _limits() -> Limits:
    return Limits.of(runtime().settings)


def _told(wrong: InvalidInput) -> list[tuple[str, Sequence[object]]]:
    return [(name, told) for name, told in wrong.fields.items() if isinstance(told, list)]


def _done(network: Network, text: str) -> Response:
    return done(url_for("network_pages.show", network_id=network.id), text)
