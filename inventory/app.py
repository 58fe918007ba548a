"""The only place where things are wired together: settings, database, blueprints, errors."""

import importlib
from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Flask, Response, request
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from inventory import __version__, db
from inventory.commands import standing_pages
from inventory.db import Database
from inventory.http import problem
from inventory.http.unit import EXTENSION, Runtime
from inventory.settings import Settings
from inventory.web import failing, kit, standing
from inventory.web.static_files import serve_static

BLUEPRINTS: tuple[str, ...] = (
    "inventory.desk.api",
    "inventory.desk.jobs_api",
    "inventory.assets.api",
    "inventory.assets.parts_api",
    "inventory.assets.export_api",
    "inventory.assets.attachments_api",
    "inventory.assets.catalog_api",
    "inventory.assets.holds_api",
    "inventory.commands.api",
    "inventory.commands.batches_api",
    "inventory.commands.guards_api",
    "inventory.discovery.readings_api",
    "inventory.fleet.connections_api",
    "inventory.fleet.devices_api",
    "inventory.fleet.decisions_api",
    "inventory.accounts.session_api",
    "inventory.accounts.factor_api",
    "inventory.accounts.factor_reset_api",
    "inventory.accounts.key_api",
    "inventory.accounts.token_api",
    "inventory.accounts.api",
    "inventory.accounts.audit_api",
    "inventory.accounts.sites_api",
    "inventory.people.api",
    "inventory.people.roster_api",
    "inventory.people.recovery_api",
    "inventory.people.source_api",
    "inventory.asset_import.api",
    "inventory.labels.api",
    "inventory.enrolment.api",
    "inventory.notices.api",
    "inventory.admin_rights.api",
    "inventory.admin_rights.drift_api",
    "inventory.custody.api",
    "inventory.agreements.api",
    "inventory.custody.carts_api",
    "inventory.custody.scan_api",
    "inventory.custody.transfers_api",
    "inventory.custody.photos_api",
    "inventory.discovery.networks_api",
    "inventory.discovery.sweeps_api",
    "inventory.discovery.findings_api",
    "inventory.discovery.credentials_api",
    "inventory.fleet.hook_api",
)
"""Modules with a blueprint `bp`, in the order of the API's description."""

PAGES: tuple[str, ...] = (
    "inventory.accounts.door_pages",
    "inventory.accounts.own_pages",
    "inventory.accounts.factor_pages",
    "inventory.accounts.key_pages",
    "inventory.accounts.confirm_pages",
    "inventory.accounts.preference_pages",
    "inventory.accounts.token_pages",
    "inventory.accounts.account_pages",
    "inventory.accounts.account_change_pages",
    "inventory.desk.home_pages",
    "inventory.people.people_pages",
    "inventory.people.import_pages",
    "inventory.people.source_pages",
    "inventory.people.school_pages",
    "inventory.desk.find_pages",
    "inventory.desk.component_pages",
    "inventory.desk.site_pages",
    "inventory.desk.audit_pages",
    "inventory.desk.job_pages",
    "inventory.desk.settings_pages",
    "inventory.desk.asset_pages",
    "inventory.desk.asset_network_pages",
    "inventory.desk.asset_supplies_pages",
    "inventory.desk.asset_files_pages",
    "inventory.desk.asset_history_pages",
    "inventory.desk.asset_mdm_pages",
    "inventory.desk.asset_holds_pages",
    "inventory.desk.list_pages",
    "inventory.desk.view_pages",
    "inventory.assets.form_pages",
    "inventory.assets.bulk_pages",
    "inventory.assets.custom_field_pages",
    "inventory.assets.model_pages",
    "inventory.assets.catalog_pages",
    "inventory.discovery.network_pages",
    "inventory.discovery.network_form_pages",
    "inventory.discovery.credential_pages",
    "inventory.discovery.sweep_pages",
    "inventory.discovery.review_pages",
    "inventory.discovery.decision_pages",
    "inventory.discovery.review_bulk_pages",
    "inventory.discovery.welcome_pages",
    "inventory.discovery.map_pages",
    "inventory.fleet.connection_pages",
    "inventory.fleet.connection_form_pages",
    "inventory.fleet.device_pages",
    "inventory.fleet.decision_pages",
    "inventory.fleet.decision_bulk_pages",
    "inventory.commands.request_pages",
    "inventory.commands.command_pages",
    "inventory.commands.decision_forms_pages",
    "inventory.commands.batch_pages",
    "inventory.commands.batch_new_pages",
    "inventory.commands.proving_pages",
    "inventory.commands.break_glass_pages",
    "inventory.commands.guard_pages",
    "inventory.asset_import.import_pages",
    "inventory.labels.label_pages",
    "inventory.admin_rights.grant_pages",
    "inventory.admin_rights.grant_new_pages",
    "inventory.admin_rights.drift_pages",
    "inventory.admin_rights.allow_list_pages",
    "inventory.enrolment.doubt_pages",
    "inventory.enrolment.enrol_pages",
    "inventory.custody.custody_pages",
    "inventory.custody.hand_pages",
    "inventory.custody.scan_pages",
    "inventory.custody.cart_pages",
    "inventory.custody.transfer_pages",
    "inventory.custody.photo_pages",
    "inventory.custody.transfer_form_pages",
    "inventory.desk.recovery_pages",
    "inventory.desk.person_pages",
    "inventory.agreements.agreement_pages",
    "inventory.agreements.sign_pages",
    "inventory.selfservice.mine_pages",
    "inventory.selfservice.asking_pages",
    "inventory.selfservice.report_pages",
    "inventory.desk.asset_custody_pages",
    "inventory.notices.notice_pages",
)
"""Modules with a blueprint `bp` of the web UI."""

SECURITY_HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}

_HARDENED = tuple(SECURITY_HEADERS.items())
_SOMETIMES_OWN = ("Cache-Control", "Content-Security-Policy")


def create_app(
    settings: Settings, database: Database, *, clock: Callable[[], datetime] = db.now
) -> Flask:
    """The WSGI application. It does not migrate, and starts no job."""
    app = Flask("inventory", static_folder=None, template_folder="web/templates")
    app.config.update(
        API_TITLE="Homeroom",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions[EXTENSION] = Runtime(settings, database, clock)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.wsgi_app = serve_static(app.wsgi_app)  # type: ignore[assignment]
    api = _describe(app)
    for name in BLUEPRINTS:
        api.register_blueprint(importlib.import_module(name).bp)
    for name in PAGES:
        app.register_blueprint(importlib.import_module(name).bp)
    problem.register(app, page=failing.error_page)
    kit.register(app)
    standing.register(app, [standing_pages.standing])
    app.after_request(_harden)
    return app


def _describe(app: Flask) -> Api:
    api = Api(
        app,
        spec_kwargs={
            "info": {
                "version": __version__,
                "description": "Devices of a school district: what they are, where they are, "
                "who has them. Errors are RFC 9457 problems; lists page by keyset.",
                "license": {"name": "MIT", "identifier": "MIT"},
            },
            "servers": [{"url": "/"}],
            "security": [{"token": []}, {"session": []}],
        },
    )
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.security_scheme(
        "session", {"type": "apiKey", "in": "cookie", "name": "homeroom"}
    )
    return api


def _harden(response: Response) -> Response:
    headers = response.headers
    # A view that says anything of this itself is rare, and headers are looked up one by one.
    if any(name in headers for name in _SOMETIMES_OWN):
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
    else:
        headers.extend(_HARDENED)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    return response
