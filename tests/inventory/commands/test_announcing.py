"""Who is told of a command on its way: once at each step, at the device's place."""

from inventory.access import Permission
from inventory.commands import service
from tests.inventory.commands.world import World


def test_every_step_of_a_wipe_is_told(world: World) -> None:
    asset = world.assets()[0]
    world.sent(asset)
    told = world.notices
    kinds = ["command.requested", "command.approved", "command.dispatched"]
    assert [notice.kind for notice in told] == kinds
    assert {notice.audience for notice in told} == {Permission.COMMAND_APPROVE}
    assert {notice.site_id for notice in told} == {world.site}
    assert len({notice.subject_id for notice in told}) == 1


def test_a_no_is_told_with_its_reason(world: World) -> None:
    command = world.ask(world.person("asker"), world.assets()[0])
    with world.database.unit() as db:
        service.reject(
            db, world.person("other"), command.id, reason="wrong device", now=world.clock()
        )
    assert [notice.kind for notice in world.notices] == ["command.requested", "command.rejected"]
    assert "wrong device" in world.notices[-1].text
