"""Pages in Spanish: chosen by the person, else by the browser; what the program says itself too."""

import pytest

from tests.inventory.conftest import Caller, District, MakeCaller

PAGES = {
    "/": "Inicio",
    "/assets": "Activos",
    "/discoveries": "Cola de revisión",
    "/networks": "Redes",
    "/commands": "Comandos remotos",
    "/connections": "Conexiones",
    "/audit": "Registro de auditoría",
    "/settings": "Configuración",
}


@pytest.fixture
def boss(browser: MakeCaller, district: District) -> Caller:
    return browser("coordinator")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_the_browsers_language(boss: Caller, path: str) -> None:
    page = boss.get(path, headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}).text
    assert '<html lang="es"' in page
    assert f"<h1>{PAGES[path]}</h1>" in page
    assert f"<h1>{PAGES[path]}</h1>" not in boss.get(path).text


def test_the_persons_choice_is_stronger(boss: Caller) -> None:
    chosen = {"language": "es", "timezone": "", "theme": "auto", "density": "compact",
              "scan_gap_ms": "50"}  # fmt: skip
    answer = boss.post("/me/preferences", data=chosen)
    assert answer.status_code == 303, answer.text
    assert "<h1>Activos</h1>" in boss.get("/assets", headers={"Accept-Language": "en"}).text


def test_mistakes_and_what_was_done_are_said_in_it(boss: Caller, district: District) -> None:
    spanish = {"Accept-Language": "es"}
    form = {"category": "printer", "status": "no such", "name": "x"}
    wrong = boss.post("/assets/new", data=form, headers=spanish)
    assert wrong.status_code == 422
    assert "No se guardó nada" in wrong.text
    missing = boss.get("/assets/4711", headers=spanish)
    assert missing.status_code == 404
    assert '<html lang="es"' in missing.text
