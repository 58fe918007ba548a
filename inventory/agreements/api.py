"""/api/v1/agreements: texts, who has not signed, links for signing, signed documents."""

from typing import Any

from flask import Response

from inventory.access import Permission
from inventory.accounts.guard import address, guarded
from inventory.agreements import due, kept, links, texts
from inventory.agreements.agreement_pages import read_after
from inventory.agreements.due import Due, DueFilter
from inventory.agreements.schemas import (
    AgreementList,
    AgreementText,
    AgreementView,
    MissingArgs,
    MissingPage,
    NewAgreement,
    SignLinkView,
)
from inventory.agreements.signing import desk_of
from inventory.agreements.texts import AgreementDraft, Known, Text
from inventory.custody.viewing import record_person_views
from inventory.http.blueprint import api_blueprint
from inventory.http.download import sent
from inventory.http.paging import encode_cursor
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.settings import base_url

bp = api_blueprint("agreements", "", "What people sign for their devices, and who has not.")

ONE = "/agreements/<int(max=2147483647):agreement_id>"


@bp.route("/agreements")
@guarded(Permission.CUSTODY_READ)
@bp.response(200, AgreementList)
def list_() -> dict[str, Any]:
    """All agreements with their texts."""
    return {"items": [_body(one) for one in texts.listed(current_db(), current_actor())]}


@bp.route("/agreements", methods=["POST"])
@guarded(Permission.AGREEMENT_WRITE)
@bp.arguments(NewAgreement)
@bp.response(201, AgreementView)
def create(given: dict[str, Any]) -> dict[str, Any]:
    """Ask something new of people; the text is in force at once."""
    words = Text(given.pop("text_en"), given.pop("text_es"))
    draft = AgreementDraft(**given)
    return _body(texts.create(current_db(), current_actor(), draft, words, now=current_now()))


@bp.route(ONE)
@guarded(Permission.CUSTODY_READ)
@bp.response(200, AgreementView)
def read(agreement_id: int) -> dict[str, Any]:
    """One agreement."""
    return _body(texts.get(current_db(), current_actor(), agreement_id))


@bp.route(f"{ONE}/versions", methods=["POST"])
@guarded(Permission.AGREEMENT_WRITE)
@bp.arguments(AgreementText)
@bp.response(201, AgreementView)
def publish(given: dict[str, Any], agreement_id: int) -> dict[str, Any]:
    """Put a new text in force; the one before is withdrawn and stays as it was."""
    words = Text(given["text_en"], given["text_es"])
    texts.publish(current_db(), current_actor(), agreement_id, words, now=current_now())
    return read_back(agreement_id)


@bp.route(f"{ONE}/withdraw", methods=["POST"])
@guarded(Permission.AGREEMENT_WRITE)
@bp.response(200, AgreementView)
def withdraw(agreement_id: int) -> dict[str, Any]:
    """Ask nobody any more, until there is a new text. 409 where none is in force."""
    texts.withdraw(current_db(), current_actor(), agreement_id, now=current_now())
    return read_back(agreement_id)


@bp.route("/agreements/missing")
@guarded(Permission.CUSTODY_READ, write=True)
@bp.arguments(MissingArgs, location="query")
@bp.response(200, MissingPage)
def missing(args: dict[str, Any]) -> dict[str, Any]:
    """Who has a device and has not signed for it. Whose names you see is written down."""
    db, limit, now = current_db(), args["limit"], current_now()
    wanted = DueFilter(school=args.get("school"), agreement_id=args.get("agreement_id"))
    after = read_after(args["after"]) if "after" in args else None
    found = due.missing(db, current_actor(), wanted, after=after, limit=limit + 1, now=now)
    rows = found[:limit]
    record_person_views(db, current_actor(), [one.person.id for one in rows], now=now)
    more = encode_cursor(rows[-1].key) if len(found) > limit else None
    return {"items": [_missing(one) for one in rows], "next": more}


@bp.route(
    "/custody/<int(max=2147483647):custody_id>/agreements/<int(max=2147483647):agreement_id>/link",
    methods=["POST"],
)
@guarded(Permission.CUSTODY_WRITE)
@bp.response(201, SignLinkView)
def link(custody_id: int, agreement_id: int) -> dict[str, Any]:
    """Make a link through which the person signs without an account: once, for 14 days. 409 where
    nothing is to be signed."""
    secret, made = links.make(
        current_db(), current_actor(), custody_id, agreement_id, now=current_now()
    )
    url = f"{base_url(runtime().settings)}/sign/{secret}"
    return {"url": url, "expires_at": made.expires_at}


@bp.route("/agreements/signed/<int(max=2147483647):acceptance_id>/pdf")
@guarded(Permission.CUSTODY_READ, write=True)
@bp.response(200, content_type="application/pdf")
def document(acceptance_id: int) -> Response:
    """The signed document. That it was opened is written down."""
    store = desk_of(runtime().settings, address()).store
    path, found = kept.document(
        current_db(), current_actor(), acceptance_id, store, now=current_now()
    )
    name = f"agreement-{found.id}.pdf"
    return sent(path, "application/pdf", name=name, etag=found.pdf_sha256)


def read_back(agreement_id: int) -> dict[str, Any]:
    return _body(texts.get(current_db(), current_actor(), agreement_id))


def _body(known: Known) -> dict[str, Any]:
    return {**known.agreement.model_dump(), "kinds": known.kinds, "versions": known.versions}


def _missing(one: Due) -> dict[str, Any]:
    return {
        "custody_id": one.custody.id, "agreement_id": one.agreement.id, "asset_id": one.asset.id,
        "tag": one.asset.tag, "person_id": one.person.id, "person": one.name,
        "declined_at": one.declined_at,
    }  # fmt: skip
