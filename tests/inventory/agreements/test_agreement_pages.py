"""Agreements over HTTP: texts, the list of what is missing, signing by link and on the screen."""

import re

from flask.testing import FlaskClient

from tests.inventory.agreements.conftest import Office
from tests.inventory.conftest import MakeCaller
from tests.inventory.custody.conftest import Events

EVIL = "<script>alert(1)</script>\u202e\"'"
NEW = {
    "name": "At home", "audience": "students", "per": "device", "kinds": ["laptop", "tablet"],
    "text_en": f"Keep it safe.\n\n{EVIL}", "text_es": "Cuídelo.",
}  # fmt: skip


def test_from_a_new_text_to_a_signed_document(
    office: Office, browser: MakeCaller, client: FlaskClient, events: Events
) -> None:
    boss = browser("coordinator")
    assert boss.post("/agreements/new", data={**NEW, "kinds": []}).status_code == 422
    made = boss.post("/agreements/new", data=NEW)
    assert made.status_code == 303, made.text
    there = made.headers["Location"]
    agreement = int(there.rpartition("/")[2])
    shown = boss.get(there).text
    assert "<script>alert" not in shown
    assert "Keep it safe." in shown

    asset, ada = office.laptop("L-1"), office.pupil("a")
    custody = office.out(asset, ada).id
    technician = browser("technician", office.district.north)
    listed = technician.get("/agreements").text
    assert "Ada Example-a" in listed
    assert events("custody.viewed")[-1].subject_id == str(ada)
    assert "not signed" in technician.get(f"/assets/{asset}/custody").text
    south = browser("technician", office.district.south)
    assert "Ada" not in south.get("/agreements").text
    to_sign = f"/custody/{custody}/agreements/{agreement}"
    assert south.get(f"{to_sign}/sign").status_code == 404

    told = technician.post(f"{to_sign}/link", data={}).text
    (path,) = set(re.findall(r"/sign/[\w-]{43}", told))
    for _ in range(40):  # a good link is no guess
        page = client.get(path)
    assert page.status_code == 200
    assert "no-store" in page.headers["Cache-Control"]
    assert "L-1" in page.text
    assert "<script>alert" not in page.text
    assert "Cuídelo." in client.get(f"{path}?language=es").text
    blank = client.post(path, data={"name": " "})
    assert blank.status_code == 422
    foreign = client.post(path, data={"name": "Ada"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    signed = client.post(path, data={"name": EVIL, "strokes": "1,2 3,4"})
    assert signed.status_code == 200, signed.text
    assert client.post(path, data={"name": "Ada"}).status_code == 404
    assert client.get(path).status_code == 404
    tab = technician.get(f"/assets/{asset}/custody").text
    (pdf,) = re.findall(r"/agreements/signed/\d+/pdf", tab)
    document = technician.get(pdf)
    assert document.data.startswith(b"%PDF")
    assert document.headers["Content-Disposition"].startswith("attachment")
    assert events("agreement.opened")[-1].actor_id == technician.account_id
    assert south.get(pdf).status_code == 404


def test_signing_on_the_screen_and_saying_no(office: Office, browser: MakeCaller) -> None:
    agreement = office.agreement().agreement.id
    asset = office.laptop("L-1")
    custody = office.out(asset, office.pupil("a")).id
    technician = browser("technician", office.district.north)
    here = f"/custody/{custody}/agreements/{agreement}/sign"
    wrong = technician.post(here, data={"name": "Ada", "strokes": "x"})
    assert wrong.status_code == 422
    assert 'value="Ada"' in wrong.text
    assert technician.post(here, data={"decline": "true"}).status_code == 303
    assert "declined" in technician.get("/agreements").text
    assert technician.post(here, data={"name": "Ada"}).status_code == 303
    assert technician.post(here, data={"name": "Ada"}).status_code == 409
    assert "Everybody has signed" in technician.get("/agreements").text


def test_guesses_are_counted(office: Office, client: FlaskClient) -> None:
    answers = [client.get("/sign/" + "A" * 43).status_code for _ in range(31)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_the_api_tells_what_is_missing(office: Office, api: MakeCaller) -> None:
    agreement = office.agreement().agreement.id
    custody = office.out(office.laptop("L-1"), office.pupil("a")).id
    technician = api("technician", site=office.district.north)
    (row,) = technician.get("/api/v1/agreements/missing").get_json()["items"]
    assert (row["custody_id"], row["agreement_id"], row["tag"]) == (custody, agreement, "L-1")
    made = technician.post(f"/api/v1/custody/{custody}/agreements/{agreement}/link")
    assert made.status_code == 201
    assert "/sign/" in made.get_json()["url"]
    body = {"name": "X", "audience": "staff", "per": "year", "kinds": ["laptop"], "text_en": "Hm"}
    assert technician.post("/api/v1/agreements", json=body).status_code == 403
    boss = api("coordinator")
    assert boss.post("/api/v1/agreements", json=body).status_code == 201
    assert boss.post("/api/v1/agreements", json=body).status_code == 409
    again = boss.post(f"/api/v1/agreements/{agreement}/versions", json={"text_en": "Anew"})
    assert [one["number"] for one in again.get_json()["versions"]] == [2, 1]
