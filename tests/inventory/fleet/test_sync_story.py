"""A vendor's devices become assets, change, leave and come back."""

from inventory.assets.kinds import Category, Outcome, Source
from inventory.assets.models import AssetSearch, AssetTag, Identifier
from inventory.assets.sighting_models import ObservedFact, Sighting
from inventory.fleet.models import SyncScope, SyncState
from tests.inventory.fleet.conftest import Fleet
from tests.mdm.fakes.google import FakeGoogle


def test_a_first_sync_makes_assets(fleet: Fleet, google: FakeGoogle) -> None:
    google.seed(20)
    for record in google.books.values():
        record["annotatedAssetId"] = ""
    done = fleet.sync(fleet.connect(google))
    assert (done.state, done.error, done.scope) == (SyncState.FINISHED, "", SyncScope.FULL)
    assert (done.seen, done.new, done.problems) == (20, 20, 0)
    devices = fleet.devices()
    made = fleet.assets()
    assert len(devices) == 20
    assert done.created == len(made) == len([d for d in devices if d.asset_id])
    assert done.created >= 12
    books = [asset for asset in made if asset.category is Category.CHROMEBOOK]
    assert len(books) == len(google.books)
    book = next(iter(google.books.values()))
    asset = next(a for a in made if a.serial == book["serialNumber"])
    assert asset.tag.startswith("HR-")
    assert asset.last_seen_source is Source.VENDOR
    keys = {row.kind: row.value for row in fleet.all(Identifier, asset_id=asset.id)}
    assert keys["serial"] == book["serialNumber"]
    assert keys["vendor:google_workspace"] == book["deviceId"]
    assert keys["mac"] == book["macAddress"]
    (sighting,) = fleet.all(Sighting, asset_id=asset.id)
    assert sighting.outcome is Outcome.MATCHED
    assert sighting.facts["serial"] == asset.serial
    facts = {fact.field: fact for fact in fleet.all(ObservedFact, asset_id=asset.id)}
    assert facts["serial"].evidence == "Google Workspace (google_workspace) says so"
    with fleet.database.unit(write=False) as db:
        assert db.get(AssetTag, asset.tag_key) is not None
        found = db.get(AssetSearch, asset.id)
        assert found is not None and book["serialNumber"].lower() in found.doc
    fleet.verify()
