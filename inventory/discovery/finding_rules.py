"""When two findings are of one device, and what may be accepted without a person. Pure rules."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from inventory.assets.identifiers import MAC, SERIAL, Key, colons

MAX_MACS = 64


@dataclass(frozen=True, slots=True)
class Marks:
    """What a device is recognised by: usable identifiers only, in normal form."""

    serials: frozenset[str] = frozenset()
    macs: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    weak: str = ""

    @property
    def strong(self) -> bool:
        return bool(self.serials or self.macs or self.others)

    def kept(self) -> dict[str, object]:
        """For a column beside that of the MACs."""
        return {
            "serials": sorted(self.serials), "others": sorted(self.others), "weak": self.weak
        }  # fmt: skip

    def fingerprint(self) -> str:
        """Equal for equal marks; of a device without strong ones, for the same look and place."""
        strong = [sorted(self.serials), sorted(self.macs), sorted(self.others)]
        text = json.dumps(strong if self.strong else self.weak)
        return hashlib.sha256(text.encode()).hexdigest()


def marks_of(keys: Sequence[Key], *, look: Sequence[str], address: str) -> Marks:
    """keys: from the matching; look: vendor, model and name."""
    return Marks(
        frozenset(key.value for key in keys if key.kind == SERIAL),
        frozenset(colons(key.value) for key in keys if key.kind == MAC),
        frozenset(f"{key.kind} {key.value}" for key in keys if key.kind not in {SERIAL, MAC}),
        json.dumps([*look, address]) if any(look) else address,
    )


def same_device(one: Marks, other: Marks) -> bool:
    """Whether both are one device: some identifier in common, and none that speaks against it.

    Two serials, or two disjoint sets of MACs, are two devices, whatever else they share.
    """
    if not one.strong and not other.strong:
        return one.weak == other.weak
    return share(one, other) and not _contradict(one, other)


def rivals(one: Marks, other: Marks) -> bool:
    """Whether they claim a common identifier and yet cannot be one device."""
    return share(one, other) and _contradict(one, other)


def share(one: Marks, other: Marks) -> bool:
    return not (
        one.serials.isdisjoint(other.serials)
        and one.macs.isdisjoint(other.macs)
        and one.others.isdisjoint(other.others)
    )


def _contradict(one: Marks, other: Marks) -> bool:
    return _disjoint(one.serials, other.serials) or _disjoint(one.macs, other.macs)


def _disjoint(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and one.isdisjoint(other)


def auto_acceptable(kind: str, marks: Marks, accepted_kinds: Collection[str]) -> bool:
    """A network's rule accepts what is of an agreed kind and can be recognised again."""
    return kind in accepted_kinds and marks.strong
