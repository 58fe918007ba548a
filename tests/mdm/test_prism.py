"""Connectors and fakes keep to the vendors' own documents, where Prism and these are at hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mdm.connection import Access
from mdm.connector import ReadsDevice, SetsTag
from mdm.registry import vendor_names
from tests.mdm import prism
from tests.mdm.contract.world import World, raised
from tests.mdm.fakes import fake_of
from tests.mdm.test_contract import exempt

CHECKED = [name for name in vendor_names() if not exempt(name, "spec")]


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    fake = fake_of(request.param)
    why_not = prism.missing(fake.spec)
    if why_not:
        pytest.skip(why_not)
    made = World(request.param)
    made.limits = {"read": 10, "total": 30}
    with prism.proxy(prism.document_of(fake, tmp_path), made.fake.url) as address:
        made.address = address
        yield made
    made.fake.stop()
    assert not made.fake.crashes, made.fake.crashes[0]


@pytest.mark.parametrize("world", CHECKED, indirect=True)
def test_lists_and_commands_keep_to_the_document(world: World) -> None:
    devices = world.devices()
    assert [device.vendor_id for device in devices] == world.fake.ids()
    connector = world.open()
    if isinstance(connector, ReadsDevice):
        assert connector.device(devices[0].ref) == devices[0]
    for row in world.info.capabilities:
        device = world.device_for(row)
        receipt = connector.send(world.command(row, device))
        connector.outcome(receipt)
    if isinstance(connector, SetsTag):
        tagged = next(device for device in devices if device.platform in world.info.tags_on)
        connector.set_asset_tag(tagged.ref, "WPS-7")
    assert len(world.fake.effects) == len(world.info.capabilities)


@pytest.mark.parametrize("world", CHECKED, indirect=True)
def test_the_document_is_truly_enforced(world: World) -> None:
    """A path that the vendor does not have is stopped by Prism, and never reaches the fake."""
    connector = world.open(Access.READ)
    made = len(world.fake.calls)
    client = next(value for value in vars(connector).values() if hasattr(value, "act"))
    assert "404" in str(raised(client.act, "POST", "/no/such/path", json_body={}))
    assert [call.path for call in world.fake.calls[made:] if "/no/such" in call.path] == []
