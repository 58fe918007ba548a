"""Every word of the web UI exists in every language, says the same, and is compiled."""

import re
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from inventory.web.languages import LANGUAGES

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import messages  # noqa: E402  # a tool of the house, beside its packages

FOLDER = ROOT / "inventory/web/translations"
OTHERS = sorted(set(LANGUAGES) - {"en"})
PLACE = re.compile(r"%\((\w+)\)[sd]|%%|\{(\w*)\}")


def catalog(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


def key(message: str | tuple[str, ...]) -> str:
    return message[0] if isinstance(message, tuple) else message


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_has_words(language: str) -> None:
    known = catalog(language)
    wanted = {key(message): file for file, message in messages.messages()}
    missing = {
        f"{file}: {text}"
        for text, file in wanted.items()
        if (found := known.get(text)) is None or not all(forms(found.string)) or found.fuzzy
    }
    assert missing == set(), "run `make messages` and fill the catalog"


@pytest.mark.parametrize("language", OTHERS)
def test_words_keep_their_placeholders_and_bring_no_markup(language: str) -> None:
    wrong = []
    for message in catalog(language):
        if not message.id:
            continue
        wanted = set().union(*(places(text) for text in forms(message.id)))
        for text in forms(message.string):
            if not places(text) <= wanted or (
                not isinstance(message.id, tuple) and places(text) != wanted
            ):
                wrong.append(text)
            if "<" in text and "<" not in key(message.id):
                wrong.append(text)
    assert wrong == []


def places(text: str) -> set[str]:
    return {match.group(0) for match in PLACE.finditer(text)}


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalog_is_current(language: str) -> None:
    built = (FOLDER / language / "LC_MESSAGES/messages.mo").read_bytes()
    assert built == messages.compiled(catalog(language)), "run `make messages`"


def test_an_unknown_message_would_be_noticed() -> None:
    assert isinstance(catalog("es").get("Sign in"), Message)
