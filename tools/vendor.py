"""Fetch the front-end files that the web UI ships. For maintainers; needs `npm` on the PATH.

    python tools/vendor.py

writes inventory/web/static/vendor anew: the files, LICENSES.txt and vendor.lock.json. Nobody who
installs Homeroom runs this: the result is committed, and a test hashes it again.

To take a newer version, change it in PACKAGES, run, look at the difference, commit. A tarball is
taken only if it has the sha512 that npm names for it, and a version that is already in
vendor.lock.json only if that is still the sha512 of back then.

htmx and its extensions become one file. As files of their own they start in racing order: htmx
starts itself by a timer once the document is read, at times between two deferred scripts, and an
extension that comes later misses the elements that are there already.

No extension of htmx 4.0.1 is taken today. What was looked at:

hx-csp      lets htmx attributes work only on elements that carry the page's nonce. Once it is
            loaded it stops htmx on every page without one, and our policy needs no nonce: it
            allows no inline script at all. What it would defend, markup that got past the
            templates' escaping, is the first thing to add here should templates ever have to
            show HTML of others.
sse, ws     every open stream holds a thread of the server; pages poll.
ptag        lets a poll be answered "unchanged"; a poll whose answer is small and swapped by
            morphing does not flicker either.
preload     asks for pages on hover: load on the server, and rows in the log of who looked at
            what, of which nobody saw anything.
targets     one answer into several places; `<hx-partial>` of htmx itself does that.
history-cache  keeps pages in the browser's storage, where the next user of a shared machine
            finds them.
Others (live, pending, upsert, download, head, multipart, prompt, indicator, Alpine, htmx 2) have no
use here; live needs eval.
"""

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TARGET = Path(__file__).parents[1] / "inventory" / "web" / "static" / "vendor"
LOCK, LICENCES = "vendor.lock.json", "LICENSES.txt"

INSIDE = {"zxing-wasm": ("zxing-cpp (Apache-2.0), compiled into zxing-wasm", "zxing-cpp.txt")}
"""What a package holds of others whose licence its own LICENSE leaves out: our copy of the text."""

SPDX = {"MIT": "MIT", "BSD-0-Clause": "0BSD", "0BSD": "0BSD"}
"""What a package.json may say of its licence; any other needs a decision first."""

ICONS = """
arrow-left arrow-repeat arrow-right bar-chart battery bell box-arrow-right box-seam building
calendar-event camera cart chat-left-text check-circle check-lg chevron-down chevron-left
chevron-right circle-half clock-history columns-gap copy diagram-3 display door-open download
ethernet exclamation-octagon exclamation-triangle eye eye-slash file-earmark file-earmark-text
filter fingerprint gear geo-alt hdd-network hdd-stack hourglass-split house image info-circle
journal-text key laptop link-45deg list lock map moon mortarboard pause-fill pc-display pencil
people person person-badge phone play-fill plug plus-lg printer projector qr-code
question-circle router search shield-check shield-lock slash-circle sliders sort-down sort-up
star stop-fill sun tablet tag telephone three-dots tools trash unlock upc-scan upload wifi
x-circle x-lg
""".split()  # noqa: SIM905

HTMX_EXTENSIONS: tuple[str, ...] = ()
"""Names of files in htmx's dist/ext, without `.min.js`; they follow htmx in its file."""


class Refused(Exception):
    """Something fetched is not what was expected."""


@dataclass(frozen=True)
class Package:
    """An npm package and what is made of it: name of our file -> its parts in the tarball."""

    name: str
    version: str
    files: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


PACKAGES = (
    Package("bootstrap", "5.3.9", {"bootstrap.min.css": ("dist/css/bootstrap.min.css",)}),
    Package(
        "htmx.org",
        "4.0.1",
        {"htmx.js": ("dist/htmx.min.js", *(f"dist/ext/{e}.min.js" for e in HTMX_EXTENSIONS))},
    ),
    Package(
        "zxing-wasm",
        "3.1.4",
        {
            "zxing-reader.js": ("dist/iife/reader/index.js",),
            "zxing-reader.wasm": ("dist/reader/zxing_reader.wasm",),
        },
    ),
    Package("bootstrap-icons", "1.13.2", {"icons.svg": tuple(f"icons/{i}.svg" for i in ICONS)}),
)


def main() -> None:
    known = known_integrity()
    TARGET.mkdir(parents=True, exist_ok=True)
    locked, notices = [], []
    for package in PACKAGES:
        integrity = npm("view", str(package), "dist.integrity")
        if known.get(str(package), integrity) != integrity:
            raise Refused(f"{package} is not what it was when it was taken first")
        tarball = fetched(package)
        verify(tarball, str(integrity))
        contents = unpacked(tarball)
        licence = licence_of(contents)
        files = {name: built(package, name, contents) for name in package.files}
        for name, data in files.items():
            (TARGET / name).write_bytes(data)
        locked.append(
            {
                "name": package.name,
                "version": package.version,
                "licence": licence,
                "integrity": integrity,
                "files": {name: sri(data, "sha384") for name, data in files.items()},
            }
        )
        text = contents["LICENSE"].decode("utf-8").strip()
        notices.append(f"{package.name} {package.version} ({licence})\n{'-' * 72}\n{text}\n")
        if package.name in INSIDE:
            title, kept = INSIDE[package.name]
            more = (Path(__file__).parent / "licences" / kept).read_text("utf-8").strip()
            notices.append(f"{title}\n{'-' * 72}\n{more}\n")
        print(f"{package}: {', '.join(f'{n} ({len(d):,} bytes)' for n, d in files.items())}")
    (TARGET / LICENCES).write_text("\n\n".join(notices), "utf-8")
    (TARGET / LOCK).write_text(json.dumps({"packages": locked}, indent=2) + "\n", "utf-8")
    for path in TARGET.iterdir():
        if path.name not in {LOCK, LICENCES, *(n for p in PACKAGES for n in p.files)}:
            path.unlink()


def known_integrity() -> dict[str, str]:
    """Of the versions in the lock file: "name@version" -> integrity."""
    lock = TARGET / LOCK
    if not lock.exists():
        return {}
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    return {f"{p['name']}@{p['version']}": p["integrity"] for p in packages}


def npm(*arguments: str) -> object:
    """What npm answers, as JSON."""
    answer = subprocess.run(
        ["npm", *arguments, "--json"], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(answer.stdout)


def fetched(package: Package) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        npm("pack", str(package), "--ignore-scripts", "--pack-destination", folder)
        (tarball,) = Path(folder).glob("*.tgz")
        return tarball.read_bytes()


def sri(data: bytes, algorithm: str) -> str:
    """In the form of subresource integrity: `sha384-<base64>`."""
    digest = hashlib.new(algorithm, data).digest()
    return f"{algorithm}-{base64.b64encode(digest).decode()}"


def verify(tarball: bytes, integrity: str) -> None:
    """Raises `Refused` unless the tarball has one of the sha512 sums of `integrity`."""
    if sri(tarball, "sha512") not in integrity.split():
        raise Refused("the tarball does not have the sha512 that npm names")


def unpacked(tarball: bytes) -> dict[str, bytes]:
    """Path below the package's folder -> content. Nothing is written to the disk."""
    contents = {}
    with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is not None:
                contents[member.name.partition("/")[2]] = stream.read()
    return contents


def licence_of(contents: Mapping[str, bytes]) -> str:
    said = json.loads(contents["package.json"]).get("license")
    if said not in SPDX:
        raise Refused(f"the licence {said!r} was not looked at")
    return SPDX[said]


def built(package: Package, name: str, contents: Mapping[str, bytes]) -> bytes:
    """One of our files from its parts."""
    sources = package.files[name]
    if missing := [source for source in sources if source not in contents]:
        raise Refused(f"{package} has no {', '.join(missing)}")
    if name.endswith(".wasm"):
        return b"".join(contents[source] for source in sources)
    parts = {source: contents[source].decode("utf-8") for source in sources}
    if name.endswith(".svg"):
        return sprite(package, parts).encode()
    if name.endswith(".css"):
        return ("\n".join(map(without_map, parts.values())) + "\n").encode()
    banner = f"/*! {package.name} {package.version}: {', '.join(sources)} */\n"
    # A script may end without a semicolon; the next one begins with a parenthesis.
    return (banner + ";\n".join(map(without_map, parts.values())) + "\n").encode()


def without_map(text: str) -> str:
    """Without the pointer to a source map, which is not shipped: browsers would ask for it."""
    return re.sub(
        r"/\*# sourceMappingURL=[^*]*\*/|^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE
    ).strip()


SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {f"{SVG}{tag}" for tag in ("path", "circle", "rect", "g")}
PROPERTIES = set(
    "d fill fill-rule clip-rule cx cy r x y width height rx ry transform".split()  # noqa: SIM905
)


def sprite(package: Package, icons: Mapping[str, str]) -> str:
    """One SVG with a symbol for each icon, for `<use href="icons.svg#printer">`.

    Only shapes go in: raises `Refused` for scripts, styles, links and whatever else SVG can hold.
    """
    symbols = []
    for source, text in icons.items():
        root = ET.fromstring(text)
        shapes = [plain_shape(element, source) for element in root]
        symbols.append(
            f'<symbol id="{Path(source).stem}" viewBox="{root.attrib["viewBox"]}" '
            f'fill="currentColor">{"".join(shapes)}</symbol>'
        )
    banner = f"<!-- {package.name} {package.version}, MIT, (c) The Bootstrap Authors -->"
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">', banner, *symbols, "</svg>"]
    return "\n".join(lines) + "\n"


def plain_shape(element: ET.Element, source: str) -> str:
    attributes = set(element.attrib)
    if element.tag not in SHAPES or attributes - PROPERTIES or (element.text or "").strip():
        raise Refused(f"{source} holds more than shapes: {element.tag} {sorted(attributes)}")
    said = "".join(f' {name}="{value}"' for name, value in element.attrib.items())
    inner = "".join(plain_shape(child, source) for child in element)
    tag = element.tag.removeprefix(SVG)
    return f"<{tag}{said}>{inner}</{tag}>" if inner else f"<{tag}{said}/>"


if __name__ == "__main__":
    try:
        main()
    except Refused as refused:
        sys.exit(f"vendor: {refused}")
