"""Texts that may hold what a person or a device wrote, made fit for a mail and its headers."""


def one_line(text: str, most: int) -> str:
    """One line without control, bidi or surrogate characters, at most so long."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(plain.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def lines(text: str, most: int) -> str:
    """As `one_line`, but lines stay."""
    kept = "\n".join(one_line(line, most) for line in text.splitlines())
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"
