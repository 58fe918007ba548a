"""Near misses of a tag that was not found."""

from inventory.access import Permission, system_actor
from inventory.assets.near import near
from inventory.db import Database
from inventory.settings import Settings


def tags_near(settings: Settings, text: str) -> list[str]:
    """Tags that may have been meant, the likeliest first."""
    database = Database(settings.database_url)
    actor = system_actor("command line", {Permission.LOOKUP})
    try:
        with database.unit(write=False) as db:
            return [miss.tag for miss in near(db, actor, text, permission=Permission.LOOKUP)]
    finally:
        database.close()
