"""/: what waits for somebody, and the fleet at a glance; every number leads to its list."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response
from flask_babel import gettext as _, lazy_gettext as _l
from flask_babel.speaklater import LazyString

from inventory.access import Permission
from inventory.accounts.guard import guarded
from inventory.desk import home
from inventory.desk.home import Figures, pairs
from inventory.desk.queues import Args, Queue, Severity
from inventory.discovery import networks
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.web import charts, showing
from inventory.web.charts import Chart
from inventory.web.labels import label
from inventory.web.pages import page

bp = Blueprint("home", __name__)

QUEUE_WORDS: Mapping[str, tuple[LazyString, LazyString]] = {
    "commands": (_l("Commands to decide"), _l("wait for a person")),
    "connections": (_l("Vendor alarms"), _l("connections that need a person")),
    "transfers_approve": (_l("Transfers to allow"), _l("another school asks for devices")),
    "transfers_receive": (_l("Transfers to receive"), _l("devices are on their way to you")),
    "recovery": (_l("To come back"), _l("people who left and still have something")),
    "enrol_doubts": (_l("Computers in doubt"), _l("what they told does not fit the inventory")),
    "admin_drift": (
        _l("Administrators to look at"),
        _l("of computers, without being authorised"),
    ),
    "unmatched": (_l("Unknown at vendors"), _l("managed devices that are no asset yet")),
    "torn": (_l("Conflicts at vendors"), _l("managed devices that several assets may be")),
    "differences": (_l("Differences at vendors"), _l("another serial number or tag than ours")),
    "conflicts": (_l("Conflicts"), _l("two sources disagree about a device")),
    "new": (_l("New on the network"), _l("found by a sweep, not yet in the inventory")),
    "sweeps": (_l("Failed sweeps"), _l("without a success since")),
    "unseen": (_l("Not seen for 45 days"), _l("deployed, and silent on the network")),
    "supplies_empty": (_l("Supplies empty"), _l("printers that cannot print")),
    "supplies_low": (_l("Supplies low"), _l("printers that soon cannot print")),
    "reports": (_l("Reports of devices"), _l("lost, stolen or broken, as people say")),
    "warranty": (_l("Warranty ends soon"), _l("within 60 days")),
}
"""Queue → its name, and what it means."""

TONES = {Severity.CLEAR: "success", Severity.NOTICE: "info", Severity.WARNING: "warning",
         Severity.URGENT: "danger"}  # fmt: skip

SEEN_WORDS: Mapping[str, LazyString] = {
    "week": _l("within 7 days"),
    "month": _l("within 30 days"),
    "quarter": _l("within 90 days"),
    "longer": _l("longer ago"),
    "never": _l("never seen"),
}
"""Stretches of `assets.spans.Seen`; a test checks that each has its words."""


@bp.route("/")
@guarded(Permission.SELF, page=True)
def show() -> Response:
    """The first page, by what the viewer may see."""
    db, actor = current_db(), current_actor()
    now = current_now().astimezone(runtime().settings.zone)
    figures = home.figures(db, actor, now=now) if actor.holds(Permission.ASSET_READ) else None
    return page(
        "desk/home.html",
        # What waits comes first; what does not stays where the eye expects it.
        queues=sorted(home.queues(db, actor, now=now), key=_is_clear),
        words=QUEUE_WORDS,
        tones=TONES,
        link=_link,
        figures=figures,
        pictures=_charts(figures) if figures is not None and figures.total else (),
        begin=actor.holds(Permission.NETWORK_WRITE) and not networks.visible(db, actor, limit=1),
    )


def _is_clear(queue: Queue) -> bool:
    return queue.severity is Severity.CLEAR


def _link(listed: str, args: Args) -> str:
    """The address of a list with its arguments."""
    query = urlencode(pairs(args))
    return f"/{listed}?{query}" if query else f"/{listed}"


def _charts(figures: Figures) -> Sequence[Chart]:
    """The fleet by its sides."""
    sides = figures.charts

    def drawn(key: str) -> list[charts.Bar]:
        return [
            charts.Bar(_label(key, bar), bar.count, _link("assets", bar.args)) for bar in sides[key]
        ]

    number = showing.number
    return (
        charts.bars(_("By kind"), drawn("category"), number=number, id="kind", limit=12),
        charts.bars(_("By school"), drawn("school"), number=number, id="school", limit=12),
        charts.bars(_("Last seen"), drawn("seen"), number=number, id="seen"),
        charts.columns(_("By year"), drawn("age"), number=number, id="age"),
        charts.stacked(_("By status"), drawn("status"), number=number, id="status"),
    )


def _label(key: str, bar: home.Bar) -> str:
    if key == "school" and bar.value is None:
        return str(_("At no school"))
    if key == "seen":
        return str(SEEN_WORDS.get(str(bar.value), bar.label))
    if key in {"category", "status"}:
        return label(key, bar.value)
    return bar.label
