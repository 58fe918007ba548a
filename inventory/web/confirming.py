"""The question before something is ended or deleted: a page of its own, and the same in the dialog.

form = Form(NoFields())
if form.submitted():
    with form.attempt():
        networks.delete(current_db(), current_actor(), network_id, now=current_now())
    if form.ok:
        return done(url_for("network_pages.listed"), _("Network deleted."))
return confirm(form, _("Delete this network?"), [...], _("Delete"), back=...)
"""

from collections.abc import Sequence

from flask import Response, request

from inventory.schema import ObjectSchema, Text
from inventory.web.forms import Form
from inventory.web.pages import page


class NoFields(ObjectSchema):
    """A form that is only a button."""


class WithReason(ObjectSchema):
    """A button, and why; the reason goes into the audit log."""

    reason = Text(max_length=500, min_length=1, required=True)


def confirm(
    form: Form,
    title: str,
    texts: Sequence[str],
    button: str,
    *,
    back: str,
    style: str = "danger",
    reason: str = "",
    version: int | None = None,
) -> Response:
    """Ask; the answer is posted to the same address.

    texts    what will happen, a paragraph each
    back     where "Cancel" goes
    reason   the label of the field in which one says why; "" asks for none
    version  of the object, where it must still be this one
    """
    return page(
        "kit/confirm.html", status=form.status, form=form, title=title, texts=texts, button=button,
        back=back, style=style, reason=reason, version=version, action=request.path,
    )  # fmt: skip
