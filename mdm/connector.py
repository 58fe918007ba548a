"""What every vendor's connector is: four members, and a few more where the vendor can.

A connector knows no database. It is opened by `mdm.registry.open_connector`, may be used by one
thread at a time, and raises only `mdm.errors.MdmError`. The contract suite (tests/mdm) runs
against every connector.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from mdm.capabilities import Capability
from mdm.types import Command, Device, DeviceRef, Event, Outcome, Page, Receipt


class Connector(Protocol):
    """One connection to one tenant of one vendor."""

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """All that can be sent; anything else raises `Unsupported` before any request."""

    def devices(self, since: datetime | None = None, resume: str | None = None) -> Iterator[Page]:
        """All devices, page by page.

        since   only those that the vendor has heard of since: may give more, never fewer of
                these. A change that only an administrator made may be missing, so list everything
                from time to time
        resume  a page's `resume`: go on after that page, with the same `since` as then

        An error ends the list; what came before it is good and can be resumed. `ResumeRefused`:
        the cursor is too old.
        """

    def send(self, command: Command) -> Receipt:
        """Send one command to one device, once. It is never repeated here.

        `AnswerLost`: it may have been accepted. Every other error: it surely was not.
        """

    def outcome(self, receipt: Receipt) -> Outcome:
        """What has become of a command, as far as the vendor can tell; may be asked at any time.

        For a receipt without `command_id` (a lost answer) UNKNOWN, unless the device's own state
        tells. Never raises `Gone`: a device that has left is an outcome.
        """


@runtime_checkable
class ReadsDevice(Protocol):
    """The vendor can be asked for one device."""

    def device(self, ref: DeviceRef) -> Device:
        """The device as it is now, to compare with what a command was meant for (`differences`).

        Raises `Gone`.
        """


@runtime_checkable
class SetsTag(Protocol):
    """The vendor keeps an asset tag with a device."""

    def set_asset_tag(self, ref: DeviceRef, tag: str) -> None:
        """Write our tag there. Raises `Unsupported` for other platforms; may be repeated."""


@runtime_checkable
class Cancels(Protocol):
    """Some commands can be called off (`Capability.cancellable`)."""

    def cancel(self, receipt: Receipt) -> Outcome:
        """Call a command off; the outcome as known right after. `Refused`: it is too late."""


@runtime_checkable
class ReceivesEvents(Protocol):
    """The vendor tells by webhook."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Look at the signature only. Raises `Invalid` where it is missing or wrong."""

    def receive(self, headers: Mapping[str, str], body: bytes) -> tuple[Event, ...]:
        """The events in one call, none where it came before. Raises `Invalid` for a call that
        cannot be read, or whose signature is missing or wrong."""


def differences(meant: DeviceRef, found: DeviceRef) -> tuple[str, ...]:
    """What tells that this is not the device, or not the enrolment, that a command was meant for.

    A value that either side does not know is no difference.
    """
    told = {
        "id": (meant.vendor_id, found.vendor_id),
        "serial": (meant.serial, found.serial),
        "UDID": (meant.udid, found.udid),
        "enrolment": (meant.enrolment, found.enrolment),
    }
    return tuple(
        f"{what} was {before}, is {now}"
        for what, (before, now) in told.items()
        if before is not None and now is not None and before != now
    )
