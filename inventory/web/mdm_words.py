"""The words of managed devices and of remote commands; a part of `labels.LABELS`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

MDM_WORDS: Mapping[str, Mapping[str, LazyString]] = {
    "command_action": {
        "lock": _l("Lock"),
        "unlock": _l("Unlock"),
        "lost_mode_on": _l("Lost mode on"),
        "lost_mode_off": _l("Lost mode off"),
        "locate": _l("Locate"),
        "restart": _l("Restart"),
        "clear_passcode": _l("Clear the passcode"),
        "clear_users": _l("Clear its users"),
        "retire": _l("Retire (selective wipe)"),
        "wipe": _l("Wipe"),
        "disable": _l("Disable"),
        "enable": _l("Enable"),
        "sync": _l("Sync now"),
    },
    "command_state": {
        "requested": _l("Waits for approval"),
        "approved": _l("Approved"),
        "cooling_off": _l("Cooling off"),
        "ready": _l("Ready to be sent"),
        "held": _l("Held"),
        "dispatching": _l("Being sent"),
        "uncertain": _l("Answer lost"),
        "needs_human": _l("Needs a person"),
        "dispatched": _l("Sent"),
        "acknowledged": _l("Acknowledged"),
        "cancel_pending": _l("Being called off"),
        "verified": _l("Carried out"),
        "failed": _l("Failed"),
        "expired": _l("Expired"),
        "rejected": _l("Rejected"),
        "cancelled": _l("Cancelled"),
    },
    "command_held": {
        "breaker": _l("destructive commands are stopped in the district"),
        "hold": _l("a hold is in force on the device"),
        "stale": _l("what is known of the device is old, or has changed since"),
        "identity": _l("it is not the device, or not the enrolment, that was meant"),
        "person": _l("somebody who asked for it or approved it may no longer act"),
        "restore": _l("the database was restored: it may have been sent already"),
    },
    "command_effect": {
        "asks_report": _l("Asks the device to report. Nothing on it changes."),
        "restores": _l("Lets people use the device again."),
        "interrupts": _l("Interrupts whoever works on the device; unsaved work may be lost."),
        "reveals_place": _l("Shows where the device is, and so where its user is."),
        "locks": _l("Nobody can use the device until it is unlocked."),
        "removes_passcode": _l(
            "Removes or replaces the passcode: whoever holds the device gets in."
        ),
        "removes_management_data": _l(
            "Removes the district's data and management from the device; what belongs to its user "
            "stays."
        ),
        "erases_user_data": _l("Erases what its users keep on the device; it stays enrolled."),
        "erases_everything": _l("Erases everything on the device. It cannot be undone."),
    },
    "command_confirmed": {
        "command_id": _l("The vendor follows this command to its end."),
        "state": _l("The device's record at the vendor will show it."),
        "reappears": _l("Can only be inferred: the device leaves the vendor or enrols anew."),
        "never": _l("Cannot be confirmed: that the vendor took it is all that can be known."),
    },
    "command_rule": {
        "lock_approvals": _l(
            "Persons who must approve a lock"
        ),
        "lock_free_actor_hour": _l(
            "Locks an hour that one requester needs no approval for"
        ),
        "lock_free_district_hour": _l(
            "Locks an hour in the district that need no approval"
        ),
        "passcode_approvals": _l(
            "Persons who must approve a new passcode"
        ),
        "place_approvals": _l(
            "Persons who must approve that it is located"
        ),
        "selective_approvals": _l(
            "Persons who must approve that it is retired or its users' data erased"
        ),
        "selective_cool_off_minutes": _l(
            "Wait after an approval to retire, in minutes"
        ),
        "wipe_approvals": _l(
            "Persons who must approve a full wipe"
        ),
        "wipe_cool_off_minutes": _l(
            "Wait after the approval of a full wipe, in minutes"
        ),
        "bulk_approvals": _l(
            "Persons who must approve a batch"
        ),
        "bulk_cool_off_minutes": _l(
            "Wait after a batch's approval"
        ),
        "budget_actor_hour": _l(
            "Destructive commands an hour for one requester"
        ),
        "budget_district_hour": _l(
            "Destructive commands an hour"
        ),
        "budget_district_day": _l(
            "Destructive commands in 24 hours"
        ),
        "budget_fleet_permille_day": _l(
            "Thousandths of all managed devices in 24 hours"
        ),
        "budget_fleet_least": _l(
            "Devices in 24 hours that a small fleet may have in any case"
        ),
        "breaker_failed_percent": _l(
            "Share of failed destructive commands in 24 hours that opens the breaker"
        ),
        "breaker_failed_least": _l(
            "Ended commands from which that share is looked at"
        ),
        "breaker_foreign_wipes_day": _l(
            "Wipes in 24 hours that we did not order, from which the breaker opens"
        ),
        "requested_hours": _l(
            "After which an unapproved request ends"
        ),
        "approved_hours": _l(
            "After which an approved command ends unsent"
        ),
        "sent_days": _l(
            "After which a command that its device has not carried out is called off"
        ),
        "stale_days": _l(
            "Since the device was heard of, after which a person must confirm"
        ),
        "trusted_days": _l(
            "That an approver's account and second factor must be old"
        ),
        "role_rest_hours": _l(
            "After a change of roles in which somebody cannot approve"
        ),
        "step_up_minutes": _l(
            "For which a confirmed identity holds"
        ),
        "settle_seconds": _l(
            "Before the vendor is asked what became of a lost answer"
        ),
        "place_hours": _l(
            "For which a place is kept"
        ),
        "requests_actor_hour": _l(
            "Requests an hour from one requester"
        ),
        "batch_most": _l(
            "Devices of one batch"
        ),
    },
    "rule_change": {
        "asked": _l("waits"),
        "applied": _l("in force"),
        "refused": _l("refused"),
        "expired": _l("run out"),
    },
    "batch_state": {
        "requested": _l("Waits for approval"),
        "approved": _l("Approved"),
        "rejected": _l("Rejected"),
        "cancelled": _l("Cancelled"),
        "expired": _l("Expired"),
    },
    "mdm_mode": {
        "dry_run": _l("Tried out only, never sent"),
        "live": _l("Sent to the vendor"),
    },
    "mdm_alarm": {
        "fewer_devices": _l("Far fewer devices than before: nothing was marked as gone"),
        "credential": _l("The credential does not work any more"),
        "licence": _l("The vendor asks for a licence"),
        "answers": _l("The vendor's answers cannot be understood"),
        "unreachable": _l("The vendor cannot be reached"),
        "expires": _l("The credential ends soon"),
        "tags": _l("Our tags are not written to the vendor"),
    },
    "hold_kind": {
        "investigation": _l("Investigation"),
        "legal": _l("Legal hold"),
    },
    "platform": {
        "chromeos": _l("ChromeOS"),
        "ios": _l("iOS"),
        "ipados": _l("iPadOS"),
        "macos": _l("macOS"),
        "tvos": _l("tvOS"),
        "android": _l("Android"),
        "windows": _l("Windows"),
        "linux": _l("Linux"),
        "other": _l("Other"),
    },
    "ownership": {
        "company": _l("The district's"),
        "personal": _l("Personally owned"),
        "unknown": _l("Owner not told"),
    },
    "caution": {
        "stale": _l("The device was not heard of lately."),
        "serial_shared": _l("Another device has the same serial number."),
        "two_vendors": _l("Several devices at vendors stand for this asset."),
        "user_changed": _l("The vendor has assigned it to somebody else lately."),
        "owner_unknown": _l("The vendor does not tell who owns the device."),
        "dry_run": _l("Tried out only: written down, never sent."),
    },
    "breaker_cause": {
        "budget": _l("the budget was used up"),
        "failures": _l("too many commands failed"),
        "foreign_wipes": _l("devices were erased that nobody here asked for"),
        "audit": _l("the audit log does not verify"),
        "clock": _l("the clock of the server jumped"),
        "restore": _l("the database was restored from a backup"),
    },
    "breaker_event": {
        "opened": _l("Stopped"),
        "cause_added": _l("One more cause"),
        "close_asked": _l("Asked to let them go again"),
        "kept_open": _l("Kept stopped"),
        "closed": _l("Let go again"),
    },
}  # fmt: skip

MDM_TONES: Mapping[str, str] = {
    "requested": "warning", "approved": "info", "cooling_off": "info", "ready": "info",
    "held": "danger", "dispatching": "info", "uncertain": "warning", "needs_human": "danger",
    "dispatched": "info", "acknowledged": "info", "cancel_pending": "warning",
    "verified": "success", "rejected": "secondary", "company": "secondary",
    "personal": "warning", "unknown": "secondary",
}  # fmt: skip
