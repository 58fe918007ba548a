"""What stands on top of every page while it is in force, such as that commands are stopped.

Features above this package hand in their sources when the application is made.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask import Flask, current_app, g

from inventory.web.viewer import Viewer, current_viewer

EXTENSION = "homeroom.standing"


@dataclass(frozen=True, slots=True)
class Standing:
    """`tone`: danger or warning; `link` is the text of the way to `href`."""

    text: str
    link: str
    href: str
    tone: str = "danger"


Source = Callable[[Viewer], Iterable[Standing]]
"""Asked once a page within the page's unit of work: at most one cheap statement."""


def register(app: Flask, sources: Sequence[Source]) -> None:
    """Hand in whoever has something to say."""
    app.extensions[EXTENSION] = tuple(sources)


def standing() -> Sequence[Standing]:
    """What is in force for this viewer; nothing where no unit of work is open, as on a page about
    an error."""
    viewer = current_viewer()
    if viewer is None or "db" not in g:
        return ()
    sources: Sequence[Source] = current_app.extensions.get(EXTENSION, ())
    return [one for source in sources for one in source(viewer)]
