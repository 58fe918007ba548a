"""The pages of credentials: a secret goes in and is never seen again, in no page and no error."""

from typing import Any

import pytest
from sqlmodel import select

from inventory.discovery import credentials
from inventory.discovery.models import SnmpCredential
from snmp_discovery.types import CommunityCredential, UsmCredential
from tests.inventory.conftest import District, MakeCaller
from tests.inventory.discovery.page_world import HOSTILE, World, counted, row_of, words

SECRET = "zebra-crossing-77"
USER = {
    "label": "v3", "username": "homeroom", "auth_protocol": "SHA256", "auth_key": SECRET,
    "priv_protocol": "AES128", "priv_key": SECRET[::-1], "context": "",
}  # fmt: skip


def opened(world: World, label: str) -> Any:
    with world.database.unit(write=False) as db:
        (row,) = [r for r in db.exec(select(SnmpCredential)) if r.label == label]
        return credentials.opened(db, [row])[0]


def test_a_community_goes_in_and_stays_in(
    browser: MakeCaller, district: District, world: World
) -> None:
    boss = browser("coordinator")
    made = boss.post("/credentials/new?kind=v2c", data={"label": "ro", "community": SECRET})
    there = made.headers["Location"]
    assert made.status_code == 303
    known = opened(world, "ro")
    assert isinstance(known, CommunityCredential)
    assert known.community == SECRET.encode()
    for path in ("/credentials", there, f"{there}/edit", f"{there}/delete"):
        page = boss.get(path).text
        assert SECRET not in page
        assert "ro" in page
    kept = boss.post(f"{there}/edit", data={"label": "rw", "community": "", "version": "1"})
    assert kept.status_code == 303
    assert opened(world, "rw").community == SECRET.encode(), "a blank secret keeps the old one"
    boss.post(f"{there}/edit", data={"label": "rw", "community": "another", "version": "2"})
    assert opened(world, "rw").community == b"another"


def test_a_user_of_v3(browser: MakeCaller, district: District, world: World) -> None:
    boss = browser("coordinator")
    page = boss.get("/credentials/new").text
    assert "authPriv" in page, "the safest is the first choice"
    assert '<option value="SHA256" selected>' in page
    assert boss.post("/credentials/new", data=USER).status_code == 303
    known = opened(world, "v3")
    assert isinstance(known, UsmCredential)
    assert (known.auth_key, known.priv_key) == (SECRET, SECRET[::-1])
    (row,) = world.all(SnmpCredential)
    less = {**USER, "auth_key": "", "priv_key": "", "priv_protocol": "", "version": "1"}
    assert boss.post(f"/credentials/{row.id}/edit", data=less).status_code == 303
    known = opened(world, "v3")
    assert (known.auth_key, known.priv_key) == (SECRET, None)
    assert "Not encrypted" in boss.get(f"/credentials/{row.id}").text


WRONG: list[tuple[str, dict[str, str], str]] = [
    ("v3", {**USER, "auth_key": "short"}, "must have 8 to 255 characters"),
    ("v3", {**USER, "auth_protocol": ""}, "no privacy alone"),
    ("v3", {**USER, "auth_key": ""}, "is required"),
    ("v3", {**USER, "username": ""}, "Missing data"),
    ("v3", {**USER, "auth_protocol": "ROT13"}, "Must be one of"),
    ("v2c", {"label": "x", "community": ""}, "is required"),
    ("v2c", {"label": "", "community": SECRET}, "Missing data"),
    ("v1", {"label": "x", "community": SECRET, "username": "u"}, "Nothing was saved"),
]


@pytest.mark.parametrize(("kind", "form", "told"), WRONG)
def test_mistakes_tell_no_secret(
    browser: MakeCaller,
    district: District,
    world: World,
    kind: str,
    form: dict[str, str],
    told: str,
) -> None:
    answer = browser("coordinator").post(f"/credentials/new?kind={kind}", data=form)
    assert answer.status_code == 422
    assert told in answer.text
    assert SECRET not in answer.text
    assert SECRET[::-1] not in answer.text
    assert world.all(SnmpCredential) == []


def test_the_list_tells_what_is_unsafe(
    browser: MakeCaller, district: District, world: World
) -> None:
    shipped = world.credential("shipped", "private")
    world.credential("plain", "a3kd9")
    boss = browser("coordinator")
    boss.post("/credentials/new", data=USER)
    boss.post("/credentials/new", data={**USER, "label": "old", "auth_protocol": "MD5"})
    world.network(district.north, "North net", credentials=[shipped])
    page = boss.get("/credentials").text
    assert "Default community" in row_of(page, ">shipped<")
    assert "North net" in row_of(page, ">shipped<")
    assert "Clear text" in row_of(page, ">plain<")
    assert "Signed and encrypted" in row_of(page, ">v3<")
    assert "Old protocol" in row_of(page, ">old<")
    assert "SNMPv2c" in row_of(page, ">plain<")


def test_a_used_credential_is_not_deleted(
    browser: MakeCaller, district: District, world: World
) -> None:
    used, free = world.credential("used"), world.credential("free")
    network = world.network(district.north, "North net", credentials=[used])
    boss = browser("coordinator")
    ask = boss.get(f"/credentials/{used}/delete").text
    assert "North net" in ask
    assert "Delete the credential<" not in ask, "nothing to press"
    refused = boss.post(f"/credentials/{used}/delete", data={"version": "1"})
    assert refused.status_code == 409
    assert "still used by: North net" in words(refused.text)
    assert boss.post(f"/credentials/{free}/delete", data={"version": "9"}).status_code == 412
    gone = boss.post(f"/credentials/{free}/delete", data={"version": "1"})
    assert gone.headers["Location"] == "/credentials"
    assert [row.id for row in world.all(SnmpCredential)] == [used]
    assert f"/networks/{network}" in ask


def test_whoever_is_slower_sees_both(browser: MakeCaller, district: District, world: World) -> None:
    row = world.credential("mine")
    boss = browser("coordinator")
    boss.post(f"/credentials/{row}/edit", data={"label": "quick", "version": "1"})
    late = boss.post(
        f"/credentials/{row}/edit", data={"label": "slow", "community": SECRET, "version": "1"}
    )
    assert late.status_code == 412
    assert "quick" in words(late.text)
    assert 'value="slow"' in late.text
    assert SECRET not in late.text
    assert world.one(SnmpCredential, id=row).label == "quick"


def test_only_who_makes_networks_sees_credentials(
    browser: MakeCaller, district: District, world: World
) -> None:
    row = world.credential("mine")
    south = world.network(district.south, "South net", credentials=[row])
    for role in ("technician", "helpdesk", "auditor", "superintendent"):
        assert browser(role).get("/credentials").status_code == 403
        assert browser(role).get(f"/credentials/{row}").status_code == 403
        assert 'href="/credentials"' not in browser(role).get("/networks").text
    local = browser("coordinator", site=district.north)
    page = local.get(f"/credentials/{row}")
    assert page.status_code == 200
    assert "South net" not in page.text, "another school's networks are not named"
    assert f"/networks/{south}" not in page.text
    assert "/edit" not in page.text
    assert local.get("/credentials/new").status_code == 403
    assert local.get(f"/credentials/{row}/edit").status_code == 403
    assert local.post(f"/credentials/{row}/delete", data={"version": "1"}).status_code == 403


def test_labels_do_no_harm_and_statements_stay_few(
    browser: MakeCaller, district: District, world: World
) -> None:
    boss = browser("coordinator")
    harm = HOSTILE.replace("\u202e", "")
    for number in range(20):
        world.credential(f"{harm} {number}")
    boss.get("/credentials")
    with counted(world.database) as count:
        page = boss.get("/credentials").text
        assert count() <= 5
    assert "<script>alert" not in page
