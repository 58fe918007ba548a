"""Names of uploaded files: what is kept of the told one, and what a download is called."""

import unicodedata

from inventory.assets.sniffing import EXTENSIONS

MAX_NAME = 200
NAMELESS = "file"
_MAX_ENDING = 20
_FORBIDDEN = frozenset('<>:"|?*')
_RESERVED = {"con", "prn", "aux", "nul"} | {f"{d}{n}" for d in ("com", "lpt") for n in range(10)}
_OPENED_BY_SYSTEMS = {
    "app", "bat", "chm", "cmd", "com", "cpl", "desktop", "dll", "docm", "exe", "hta", "htm",
    "html", "inf", "jar", "js", "jse", "lnk", "mht", "mhtml", "msc", "msi", "msp", "pif", "pptm",
    "ps1", "py", "reg", "scf", "scr", "settingcontent-ms", "sh", "svg", "svgz", "url", "vbe",
    "vbs", "wsf", "xht", "xhtml", "xlsm", "xml", "xsl", "xslt",
}  # fmt: skip
"""Name endings on which a double click runs something, or shows it with this server's blessing."""


def clean_name(told: str) -> str:
    """The last part of a path, on one line, without what any file system or display takes amiss:
    control and direction characters, reserved signs and names, dots and blanks at the ends."""
    last = told.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        " " if c.isspace() else "_" if c in _FORBIDDEN else c
        for c in unicodedata.normalize("NFC", last[: MAX_NAME * 10])
        if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    name = " ".join(kept.split()).strip(" .")
    stem, ending = _parts(name)
    if stem.split(".")[0].casefold() in _RESERVED:
        stem = f"_{stem}"
    room = MAX_NAME - (len(ending) + 1 if ending else 0)
    name = stem[:room].rstrip(" .") + (f".{ending}" if ending else "")
    return name or NAMELESS


def download_name(name: str, media_type: str) -> str:
    """The name with an ending that suits what the bytes are, so that "x.bat" of text opens as
    text, and what would be run by a double click is not."""
    ending = _parts(name)[1].casefold()
    suiting = EXTENSIONS.get(media_type)
    if suiting is None:
        return f"{name}.bin" if ending in _OPENED_BY_SYSTEMS else name
    return name if ending in suiting else f"{name}.{suiting[0]}"


def _parts(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or not 0 < len(ending) <= _MAX_ENDING:
        return name, ""
    return stem.rstrip(" ."), ending
