"""Remote commands over the API: who asks, who decides, and what is said before."""

from inventory.access import Permission, Role
from inventory.commands.states import CommandState
from inventory.db import Database
from mdm.types import Action, Platform
from tests.inventory.commands.world import World
from tests.inventory.conftest import MakeCaller


def body(world: World, asset: int, action: Action = Action.WIPE) -> dict[str, object]:
    return {
        "action": action, "reason": "lost on the bus", "backup": "waived",
        "typed_tag": world.draft(asset).typed_tag, "acknowledged": ["stale"],
    }  # fmt: skip


def test_a_token_asks_and_cannot_approve(world: World, api: MakeCaller) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    robot = api("coordinator")
    asked = robot.post(f"/api/v1/assets/{asset}/commands", json=body(world, asset))
    assert asked.status_code == 201, asked.json
    assert (asked.json["state"], asked.json["approvals_needed"]) == ("requested", 1)
    url = asked.headers["Location"]
    refused = api("superintendent").post(f"{url}/approve", json={})
    assert refused.status_code == 403, refused.json
    assert robot.post(f"{url}/approve", json={}).status_code == 403
    assert robot.get(url).json["state"] == "requested"
    told = robot.get(f"{url}/timeline").json
    assert ([step["action"] for step in told["steps"]], told["sent"]) == (["requested"], [])
    gone = robot.post(f"{url}/cancel", json={"reason": "it was found"})
    assert (gone.status_code, gone.json["state"]) == (200, "cancelled")
    assert world.fake.effects == []


def test_a_lock_that_a_token_asks_for_waits_for_a_person(world: World, api: MakeCaller) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    asked = api("coordinator").post(
        f"/api/v1/assets/{asset}/commands", json=body(world, asset, Action.DISABLE)
    )
    assert (asked.status_code, asked.json["state"]) == (201, "requested"), asked.json


def test_a_token_without_the_scope_asks_for_nothing(world: World, api: MakeCaller) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    url = f"/api/v1/assets/{asset}/commands"
    reader = api("coordinator", permissions={Permission.MDM_READ, Permission.ASSET_READ})
    assert reader.post(url, json=body(world, asset)).status_code == 403
    locker = api(
        "coordinator",
        permissions={Permission.MDM_READ, Permission.ASSET_READ, Permission.COMMAND_REQUEST},
    )
    assert locker.post(url, json=body(world, asset)).status_code == 403, "its true effect counts"


def test_who_asked_cannot_approve(world: World, browser: MakeCaller, database: Database) -> None:
    jane = world.person("jane")
    assert jane.id is not None
    command = world.ask(jane, world.assets(Platform.CHROMEOS)[0])
    answer = browser(account=jane.id).post(f"/api/v1/commands/{command.id}/approve", json={})
    assert answer.status_code == 409, answer.json
    assert "another person" in answer.json["detail"]
    assert world.read_back(command).state is CommandState.REQUESTED


def test_the_plan_says_what_is_impossible_and_why(world: World, api: MakeCaller) -> None:
    asset = world.assets(Platform.CHROMEOS)[0]
    url = f"/api/v1/assets/{asset}/commands/plan"
    boss = api("coordinator")
    fine = boss.get(url, query_string={"action": "wipe"}).json
    assert (fine["possible"], fine["approvals"], fine["cool_off_minutes"]) == (True, 1, 15)
    assert "cannot be undone" in fine["effect_words"]
    other = boss.get(url, query_string={"action": "clear_passcode"}).json
    assert (other["possible"], other["why_not"]) == (
        False, ["Vendor cannot do this on such a device"],
    )  # fmt: skip
    assert "wipe" in other["alternatives"]
    bare = api(Role.HELPDESK).get(url, query_string={"action": "wipe"}).json
    assert (bare["possible"], bare["why_not"]) == (False, ["you lack command:wipe here"])
    assert boss.get(url, query_string={"action": "explode"}).status_code == 422
    assert boss.get("/api/v1/assets/999999/commands/plan?action=wipe").status_code == 404
