"""Every module that declares tables, imported so that the metadata is whole."""

from inventory.accounts import (
    factor_models as factors,
    models as accounts,
    preference_models as preferences,
)
from inventory.admin_ledger import models as admin_ledger
from inventory.admin_rights import drift_models as drift
from inventory.agreements import models as agreements
from inventory.asset_import import models as asset_imports
from inventory.assets import (
    attachment_models as attachments,
    catalog_models as catalog,
    hold_models as holds,
    models as assets,
    sighting_models as sightings,
)
from inventory.audit import models as audit
from inventory.commands import (
    escrow_models as command_escrow,
    guard_models as command_guards,
    models as commands,
)
from inventory.custody import (
    models as custody,
    photo_models as custody_photos,
    transfer_models as transfers,
)
from inventory.desk import models as views
from inventory.discovery import (
    finding_models as findings,
    models as discovery,
    reading_models as readings,
)
from inventory.engine import models as engine
from inventory.enrolment import models as enrolment
from inventory.fleet import hook_models as hooks, models as fleet
from inventory.http import models as http
from inventory.labels import models as labels
from inventory.notices import models as notices
from inventory.people import models as people, roster_models as rosters
from inventory.people.sources import models as people_sources
from inventory.selfservice import models as selfservice
from inventory.sites import models as sites

MODULES = (
    audit,
    engine,
    http,
    sites,
    accounts,
    factors,
    preferences,
    notices,
    people,
    rosters,
    people_sources,
    catalog,
    assets,
    sightings,
    attachments,
    holds,
    custody,
    agreements,
    selfservice,
    custody_photos,
    transfers,
    discovery,
    findings,
    readings,
    fleet,
    hooks,
    labels,
    enrolment,
    drift,
    asset_imports,
    admin_ledger,
    commands,
    command_guards,
    command_escrow,
    views,
)
