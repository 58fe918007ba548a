"""What all pages of one asset share: its head, its tabs, and the way a page is answered."""

from datetime import date
from typing import Any

from flask import Response, current_app, url_for
from markupsafe import Markup

from inventory.desk.asset_actions import actions_of
from inventory.desk.asset_head import Head, head_of
from inventory.desk.asset_tabs import tabs_of
from inventory.discovery.reading_models import SupplyReading
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.web.charts import level
from inventory.web.pages import page

ASSET = "/assets/<int(max=2147483647):asset_id>"

Tabs = list[tuple[str, str, bool, int | None]]


def head_now(asset_id: int) -> Head:
    """The head for the one who asks. Raises `NotFound`."""
    return head_of(current_db(), current_actor(), asset_id, now=current_now(), today=today())


def today() -> date:
    """The district's date."""
    return current_now().astimezone(runtime().settings.zone).date()


def asset_page(
    template: str, head: Head, endpoint: str, /, *, status: int = 200, **context: Any
) -> Response:
    """A tab of the asset's page; `endpoint` is its own."""
    return page(
        template, status=status, head=head, asset=head.asset, tabs=_tabs(head, endpoint),
        actions=actions_of(current_actor(), head), level_of=level_of, **context,
    )  # fmt: skip


def level_of(supply: SupplyReading) -> Markup:
    """The picture of a supply."""
    percent = supply.level_percent
    return level(percent, supply.state.value, supply.color, name=supply.name or supply.type,
                 id=f"level-{supply.id}")  # fmt: skip


def _tabs(head: Head, endpoint: str) -> Tabs:
    shown = tabs_of(current_actor(), head.asset, head.extent, current_app.view_functions)
    return [
        (tab.label, url_for(tab.endpoint, asset_id=head.asset.id), tab.endpoint == endpoint,
         tab.count)
        for tab in shown
    ]  # fmt: skip
