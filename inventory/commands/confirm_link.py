"""The way to the page where a person confirms who they are for one act, and back."""

from urllib.parse import urlencode


def confirm_link(binding: str, back: str) -> str:
    """The address; `back` is the local path to return to."""
    return "/confirm?" + urlencode({"binding": binding, "next": back})
