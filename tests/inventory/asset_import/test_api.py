"""Imports over the API: a file comes in, is planned, approved and undone."""

import io
from collections.abc import Callable
from typing import Any

from inventory.access import Role
from tests.inventory.conftest import District

API = "/api/v1/imports"


def uploaded(client: Any, raw: bytes, **fields: str) -> Any:
    return client.post(API, data={**fields, "file": (io.BytesIO(raw), "../../li\x07st.csv")})


def test_from_file_to_assets_and_back(browser: Callable[..., Any], district: District) -> None:
    client = browser(Role.TECHNICIAN)
    answer = uploaded(client, "Asset Tag;Typo;Categoría\n00123;x;Portátil\n".encode())
    assert answer.status_code == 201, answer.text
    kept = answer.json
    assert (kept["state"], kept["file_name"], kept["rows"]) == ("staged", "list.csv", 1)
    assert kept["options"]["mapping"] == ["tag", "", "category"]
    assert kept["columns"][1] == {
        "name": "Typo", "samples": ["x"], "numbers": 0, "slashed": 0, "mdy": 0, "dmy": 0,
    }  # fmt: skip
    one = f"{API}/{kept['id']}"
    planned = client.post(f"{one}/plan", json={"options": {"site_id": district.north}})
    assert planned.json["counts"] == {"create": 1}
    assert planned.json["remarks"] == ["not read: Typo"]
    rows = client.get(f"{one}/rows", query_string={"outcome": "create"}).json["items"]
    assert rows[0]["after"]["tag"] == "00123" and rows[0]["number"] == 2
    applied = client.post(f"{one}/approve", json={})
    assert applied.json["state"] == "applied", applied.text
    assert client.post(f"{one}/approve", json={}).status_code == 409
    assert client.get("/api/v1/assets/by-tag/00123").json["category"] == "laptop"
    csv = client.get(f"{one}/outcome.csv")
    assert csv.text.splitlines()[1].startswith("2,create,00123,")
    undone = client.post(f"{one}/undo", json={"reason": "a mistake"})
    assert undone.json["state"] == "undone"
    assert client.get("/api/v1/assets/by-tag/00123").json["status"] == "retired"


def test_what_is_refused(browser: Callable[..., Any], district: District) -> None:
    client = browser(Role.TECHNICIAN)
    latin = "tag,name\nA-1,Señal\n".encode("windows-1252")
    answer = uploaded(client, latin)
    assert answer.status_code == 422 and "Windows-1252" in answer.text
    assert uploaded(client, latin, encoding="windows-1252").json["columns"][1]["samples"] == [
        "Señal"
    ]
    kept = uploaded(client, b"tag,purchase date\nA-1,03/04/25\n").json
    answer = client.post(f"{API}/{kept['id']}/plan", json={})
    assert answer.status_code == 422 and "month first or day first" in answer.text
    for mapping in (["tag"], ["tag", "tag"], ["tag", "spoon"], ["", ""]):
        answer = client.post(f"{API}/{kept['id']}/plan", json={"options": {"mapping": mapping}})
        assert answer.status_code == 422, mapping
    assert browser(Role.HELPDESK).get(API).status_code == 403
