"""Words for translators: `python tools/messages.py` after a template changed, then fill the .po.

Extracts every message of pages and templates, merges it into each language's catalog (new ones are
empty, changed ones are never guessed) and compiles what is there. `make messages` runs it.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "inventory/web/translations"
METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}  # fmt: skip
OPTIONS = {"web/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}}


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """(file, message) of everything that is shown; a tuple is singular and plural."""
    found = extract_from_dir(
        str(ROOT / "inventory"), METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=()
    )
    for file, _line, message, _comments, _context in found:
        yield file, message


def template() -> Catalog:
    """All messages, without words."""
    catalog = Catalog(project="Homeroom", charset="utf-8", fuzzy=False)
    catalog.header_comment = "# Words of Homeroom's web UI."
    for file, message in sorted(messages(), key=lambda each: str(each[1])):
        catalog.add(message, locations=[(file, 0)])
    return catalog


def update(language: str) -> tuple[int, int]:
    """Bring a language's catalog up to date; how many messages it has, and how many lack words."""
    path = FOLDER / language / "LC_MESSAGES/messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = Catalog(locale=language, project="Homeroom", charset="utf-8", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
    catalog.update(template(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.header_comment = "# Words of Homeroom's web UI."
    with path.open("wb") as file:
        write_po(
            file, catalog, width=100, omit_header=False, include_lineno=False, sort_output=True
        )
    path.with_suffix(".mo").write_bytes(compiled(catalog))
    told = [message for message in catalog if message.id]
    return len(told), sum(not _has_words(message.string) for message in told)


def compiled(catalog: Catalog) -> bytes:
    """The catalog as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def _has_words(text: str | tuple[str, ...]) -> bool:
    return all(text) if isinstance(text, tuple) else bool(text)


def main() -> int:
    for language in sys.argv[1:] or ["es"]:
        count, missing = update(language)
        print(f"{language}: {count} messages, {missing} without words")
    return 0


if __name__ == "__main__":
    sys.exit(main())
