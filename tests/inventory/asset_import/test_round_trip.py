"""What an export wrote comes back unchanged, whatever it holds."""

from hypothesis import HealthCheck, given, settings, strategies as st

from inventory.assets import export
from inventory.assets.filters import AssetFilter
from inventory.assets.kinds import Category
from inventory.assets.service import AssetDraft, create
from inventory.db import Database
from tests.conftest import Clock
from tests.inventory.asset_import.test_life import planned, told
from tests.inventory.conftest import OPERATOR, District

HOSTILE = "=+-@'\",;| aÑ\u202e\u200b漢#{}<>"


def test_an_export_comes_back_unchanged(
    database: Database, district: District, clock: Clock
) -> None:
    with database.unit() as db:
        for number, text in enumerate(("=1+1", "'=x", "''-y", '+a;b"c', "line\n=two", "@\u202ee")):
            draft = AssetDraft(
                category=Category.PRINTER, tag=f"=T{number}", name=text.split("\n")[0],
                description=text, manufacturer="HP", model="LaserJet", cost_cents=1999,
                supplier=text.split("\n")[0], site_id=district.north_room, federal_funds=True,
            )  # fmt: skip
            create(db, OPERATOR, draft, now=clock())
    with database.unit() as db:
        ready = export.announce(db, OPERATOR, AssetFilter(), now=clock())
    text = "".join(export.csv_rows(database, ready))
    import_id = planned(database, clock, text)
    assert told(database, import_id).counts == {"unchanged": 6}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.text(HOSTILE, max_size=8), st.text(HOSTILE, max_size=8)), min_size=1,
        max_size=6,
    )
)  # fmt: skip
def test_whatever_is_recorded_comes_back_unchanged(
    database: Database, district: District, clock: Clock, texts: list[tuple[str, str]]
) -> None:
    with database.unit() as db:
        for name, notes in texts:
            draft = AssetDraft(
                category=Category.PRINTER, name=name, description=notes, supplier=name[:5]
            )
            create(db, OPERATOR, draft, now=clock())
    with database.unit() as db:
        ready = export.announce(db, OPERATOR, AssetFilter(), now=clock())
    import_id = planned(database, clock, "".join(export.csv_rows(database, ready)))
    assert told(database, import_id).counts == {"unchanged": ready.count}
