"""The pages before signing in: the door itself, and the first account of an empty installation."""

from urllib.parse import urlsplit

import marshmallow as ma
from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response as BaseResponse

from inventory.access import Permission
from inventory.accounts import sessions, setup, sign_in
from inventory.accounts.factor_rules import relying_party
from inventory.accounts.factor_schemas import SecondStep
from inventory.accounts.guard import cookie_name, guarded, public
from inventory.accounts.policy import DISPLAY_LENGTH, NAME_LENGTH
from inventory.accounts.schemas import PASSWORD, SECRET
from inventory.accounts.session_api import caller_origin, door, set_session_cookie
from inventory.errors import Forbidden
from inventory.http.unit import current_actor, current_db, current_now, runtime
from inventory.schema import ObjectSchema, Text
from inventory.web.arguments import with_query
from inventory.web.forms import Form
from inventory.web.pages import page

bp = Blueprint("door_pages", __name__)

FIRST_STEPS = "/welcome"


class NextArgs(ObjectSchema):
    """Where to go after signing in; `left`: the person has just signed out."""

    next = fields.String(load_default="/", validate=validate.Length(max=2000))
    left = fields.Integer(load_default=0)


class CodeArgs(ObjectSchema):
    """Where to go after signing in."""

    next = fields.String(load_default="/", validate=validate.Length(max=2000))


class SignInForm(ObjectSchema):
    """A user name and its password."""

    user_name = fields.String(required=True, validate=validate.Length(max=NAME_LENGTH))
    password = fields.String(required=True, load_only=True, validate=PASSWORD)


class SetUpForm(ObjectSchema):
    """The set-up link's secret, and the first account."""

    secret = fields.String(required=True, load_only=True, validate=SECRET)
    user_name = Text(max_length=NAME_LENGTH, min_length=1, required=True)
    display_name = Text(max_length=DISPLAY_LENGTH, load_default="")
    password = fields.String(required=True, load_only=True, validate=PASSWORD)
    again = fields.String(required=True, load_only=True, validate=PASSWORD)

    @ma.validates_schema
    def _same(self, data: dict[str, str], **_more: object) -> None:
        if data.get("password") != data.get("again"):
            raise ma.ValidationError("The two passwords are not the same.", "again")


@bp.route("/sign-in", methods=["GET", "POST"])
@public("whoever signs in has no session yet; limited by account and by address")
@with_query(NextArgs)
def enter(args: dict[str, str]) -> BaseResponse:
    """The form, and the sign-in itself."""
    if request.method == "GET" and _is_empty():
        return redirect("/setup", 303)
    require_same_site()
    form = Form(SignInForm())
    if form.submitted():
        with form.plainly():
            signed_in = sign_in.sign_in(
                door(), form.data["user_name"], form.data["password"], caller_origin(),
                old=_cookie(), now=current_now(),
            )  # fmt: skip
        if form.ok:
            onward = local(args["next"])
            if signed_in.waits:
                onward = url_for("door_pages.second_step", next=onward)
            return set_session_cookie(redirect(onward, 303), signed_in)
    return page("accounts/sign_in.html", status=form.status, form=form, left=args["left"])


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public("the second step of signing in; limited by account and by address")
@with_query(CodeArgs)
def second_step(args: dict[str, str]) -> BaseResponse:
    """The code or key after the password; who has not given that is sent to begin there."""
    require_same_site()
    secret, now = _cookie(), current_now()
    found = sign_in.waiting_for(door(), secret, now=now)
    if found is None:
        return redirect(url_for("door_pages.enter", next=local(args["next"])), 303)
    form = Form(SecondStep())
    if form.submitted():
        with form.plainly():
            signed_in = sign_in.second_step(
                door(), secret, form.data["code"], caller_origin(), key=form.data["key"], now=now
            )
        if form.ok:
            return set_session_cookie(redirect(local(args["next"]), 303), signed_in)
    keys = bool(found.keys) and relying_party(runtime().settings) is not None
    return page(
        "accounts/sign_in_code.html", status=form.status, form=form, found=found, keys=keys
    )  # fmt: skip


@bp.route("/sign-in/code/key-question", methods=["POST"])
@public("the second step of signing in: only for who has given the password")
def key_question() -> Response:
    """What the browser asks a security key after the password."""
    require_same_site()
    return jsonify(sign_in.ask_key(door(), _cookie(), now=current_now()))


@bp.route("/sign-out", methods=["POST"])
@guarded(Permission.SELF, page=True, before_password_change=True)
def leave() -> BaseResponse:
    """End this session."""
    sessions.end(current_db(), current_actor(), now=current_now())
    response = redirect("/sign-in?left=1", 303)
    settings = runtime().settings
    response.delete_cookie(
        cookie_name(settings), secure=settings.secure_cookies, httponly=True, samesite="Lax"
    )
    return response


@bp.route("/setup", methods=["GET", "POST"])
@public("the first account of an empty installation is made through a one-time link")
def set_up() -> BaseResponse:
    """Make the first account; the link's secret stands behind #, so that no log keeps it."""
    if not _is_empty():
        return redirect("/sign-in", 303)
    require_same_site()
    form = Form(SetUpForm())
    if form.submitted():
        data = form.data
        with form.plainly():
            signed_in = sign_in.set_up(
                door(), data["secret"].rpartition("#")[2].strip(), user_name=data["user_name"],
                display_name=data["display_name"], password=data["password"],
                origin=caller_origin(), now=current_now(),
            )  # fmt: skip
        if form.ok:
            return set_session_cookie(redirect(FIRST_STEPS, 303), signed_in)
    least = runtime().settings.password_min_length
    return page("accounts/setup.html", status=form.status, form=form, least=least)


def local(url: str) -> str:
    """The address if it lies in this application, else the first page: no open redirect."""
    scheme, host, _path = split(url)
    odd = scheme or host or not url.startswith("/") or url.startswith("//")
    return "/" if odd or "\\" in url or not url.isprintable() else url


def split(url: str) -> tuple[str, str, str]:
    """Scheme, host, and the path with its query; ("?", "?", "") for what is no address at all."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "?", "?", ""
    return parts.scheme, parts.netloc, parts.path + (f"?{parts.query}" if parts.query else "")


def require_same_site() -> None:
    """A form that another site submits would sign somebody in as the attacker.

    There is no session yet whose token could tell; the browser says where it comes from.
    Raises `Forbidden`.
    """
    if request.method != "POST":
        return
    came_from = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = came_from is not None and came_from not in {"same-origin", "none"}
    if foreign or (came_from is None and origin and split(origin)[1] != request.host):
        raise Forbidden(_("This form was sent by another site."))


def _cookie() -> str:
    """The secret of the session that this browser has, or says it has."""
    return request.cookies.get(cookie_name(runtime().settings), "")[:200]


def _is_empty() -> bool:
    with runtime().database.unit(write=False) as db:
        return setup.is_empty(db)
