"""What every page says while commands are stopped."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlmodel import col

from inventory.access import Permission
from inventory.commands.effects import EffectClass
from inventory.commands.guard_models import Breaker
from inventory.commands.models import DeviceCommand
from inventory.commands.states import CommandState
from inventory.http.unit import current_db, runtime
from inventory.web.labels import label
from inventory.web.standing import Standing
from inventory.web.viewer import Viewer

_READY = (CommandState.READY, CommandState.COOLING_OFF)


def standing(viewer: Viewer) -> Iterator[Standing]:
    """The breaker, and the kill switch while something waits behind it."""
    if not viewer.may(Permission.MDM_READ):
        return
    ready = sa.exists().where(
        col(DeviceCommand.state).in_(_READY),
        col(DeviceCommand.effect_class) == EffectClass.DESTROY,
    )
    query = sa.select(
        sa.select(col(Breaker.cause)).where(col(Breaker.open).is_(True)).scalar_subquery(), ready
    )
    cause, waiting = current_db().execute(query).one()
    if cause is not None:
        text = _(
            "Destructive commands are stopped in the whole district: %(cause)s.",
            cause=label("breaker_cause", cause),
        )
        yield Standing(text, _("Look"), "/breaker")
    elif waiting and not runtime().settings.destructive_enabled:
        text = _("Destructive commands wait: they are switched off on this server.")
        yield Standing(text, _("Look"), "/breaker", "warning")
