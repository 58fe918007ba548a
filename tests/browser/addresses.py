"""Where every page of the web UI is looked at: route → addresses, with `{name}` from `Made`.

A page route that is missing here fails a test, so that no page escapes the gates. Routes that only
send elsewhere, or answer parts and files, are named in `NOT_PAGES` with the reason.
"""

ACCOUNT = "/accounts/<int(max=2147483647):account_id>"
AGREEMENT = "/agreements/<int(max=2147483647):agreement_id>"
TO_SIGN = "/custody/<int(max=2147483647):custody_id>/agreements/<int(max=2147483647):agreement_id>"
ASSET = "/assets/<int(max=2147483647):asset_id>"
FILE = f"{ASSET}/files/<int(max=2147483647):file_id>"
BATCH = "/commands/batches/<int(max=2147483647):batch_id>"
CART = "/carts/<int(max=2147483647):cart_id>"
COMMAND = "/commands/<int(max=2147483647):command_id>"
CONNECTION = "/connections/<int(max=2147483647):connection_id>"
CREDENTIAL = "/credentials/<int(max=2147483647):credential_id>"
CUSTODY = "/custody/<int(max=2147483647):custody_id>"
ALLOWED = "/admin-rights/allow-list/<int(max=2147483647):entry_id>/remove"
GRANT = "/admin-rights/<int(max=2147483647):grant_id>"
DRIFT = "/admin-rights/drift/<int(max=2147483647):drift_id>"
FINDING = "/discoveries/<int(max=2147483647):finding_id>"
MANAGED = "/managed/<int(max=2147483647):device_id>"
IMPORT = "/imports/<int(max=2147483647):import_id>"
MAKER = "/catalog/makers/<int(max=2147483647):maker_id>"
MODEL = "/catalog/models/<int(max=2147483647):model_id>"
NETWORK = "/networks/<int(max=2147483647):network_id>"
DIRECTORY = "/people/sources/<int(max=2147483647):directory_id>"
PLAN = "/people/imports/<int(max=2147483647):plan_id>"
SITE = "/sites/<int(max=2147483647):site_id>"
SWEEP = "/sweeps/<int(max=2147483647):sweep_id>"
TARGET = "/notices/targets/<int(max=2147483647):target_id>"
TRANSFER = "/transfers/<int(max=2147483647):transfer_id>"
VIEW = "/views/<int(max=2147483647):view_id>"

ADDRESSES: dict[str, tuple[str, ...]] = {
    "/": ("/",),
    "/find": ("/find", "/find?q=printer", "/find?q=WPS-99999"),
    "/components": ("/components",),
    "/components/dialog": ("/components/dialog",),
    "/welcome": (
        "/welcome", "/welcome?step=school", "/welcome?step=credential&kind=v3",
        "/welcome?step=network", "/welcome?step=sweep",
    ),
    # Imports of assets
    "/imports": ("/imports",),
    "/imports/new": ("/imports/new",),
    IMPORT: (
        "/imports/{import_waiting}", "/imports/{import_applied}", "/imports/{import_staged}",
        "/imports/{import_waiting}?outcome=rejected",
    ),
    f"{IMPORT}/columns": ("/imports/{import_staged}/columns",),
    # One's own account
    "/me": ("/me",),
    "/me/password": ("/me/password",),
    "/me/preferences": ("/me/preferences",),
    "/me/security": ("/me/security",),
    "/me/security/app": ("/me/security/app",),
    "/me/security/recovery": ("/me/security/recovery",),
    "/me/security/remove": ("/me/security/remove",),
    "/me/security/keys/new": ("/me/security/keys/new",),
    "/confirm": ("/confirm?binding=something&next=/commands",),
    "/me/sessions": ("/me/sessions",),
    "/me/sessions/<int(max=2147483647):session_id>/end": ("/me/sessions/{own_session}/end",),
    "/me/sessions/end-others": ("/me/sessions/end-others",),
    "/me/tokens": ("/me/tokens",),
    "/me/tokens/new": ("/me/tokens/new",),
    "/me/tokens/<int(max=2147483647):token_id>/revoke": ("/me/tokens/{own_token}/revoke",),
    # Assets
    "/assets": (
        "/assets", "/assets?category=printer&status=deployed", "/assets?q=nothing+like+this",
        "/assets?sort=-last_seen_at",
    ),
    "/assets/columns": ("/assets/columns",),
    "/assets/filter": ("/assets/filter",),
    "/assets/bulk": ("/assets/bulk?id={asset}&id={evil_asset}",),
    "/assets/new": ("/assets/new",),
    ASSET: ("/assets/{asset}", "/assets/{evil_asset}", "/assets/{switch}"),
    f"{ASSET}/edit": ("/assets/{asset}/edit", "/assets/{evil_asset}/edit"),
    f"{ASSET}/status": ("/assets/{asset}/status",),
    f"{ASSET}/retire": ("/assets/{asset}/retire",),
    f"{ASSET}/notes": ("/assets/{asset}/notes",),
    f"{ASSET}/network": ("/assets/{asset}/network", "/assets/{switch}/network"),
    f"{ASSET}/supplies": ("/assets/{printer}/supplies",),
    f"{ASSET}/files": ("/assets/{asset}/files", "/assets/{evil_asset}/files"),
    FILE: ("/assets/{evil_asset}/files/{file}",),
    f"{FILE}/remove": ("/assets/{evil_asset}/files/{file}/remove",),
    f"{ASSET}/history": ("/assets/{asset}/history", "/assets/{evil_asset}/history"),
    f"{ASSET}/mdm": ("/assets/{managed}/mdm",),
    f"{ASSET}/holds": ("/assets/{managed}/holds", "/assets/{held_asset}/holds"),
    f"{ASSET}/custody": ("/assets/{handed_asset}/custody", "/assets/{asset}/custody"),
    f"{ASSET}/custody/out": ("/assets/{asset}/custody/out", "/assets/{handed_asset}/custody/out"),
    "/agreements": ("/agreements",),
    "/agreements/new": ("/agreements/new",),
    AGREEMENT: ("/agreements/{agreement}",),
    f"{AGREEMENT}/publish": ("/agreements/{agreement}/publish",),
    f"{AGREEMENT}/withdraw": ("/agreements/{agreement}/withdraw",),
    f"{TO_SIGN}/sign": ("/custody/{custody}/agreements/{agreement}/sign",),
    f"{TO_SIGN}/link": ("/custody/{custody}/agreements/{agreement}/link",),
    "/mine": ("/mine",),
    "/reports": ("/reports", "/reports?closed=true"),
    "/checks": ("/checks",),
    "/custody": ("/custody", "/custody?overdue=true", "/custody?kind=assignment"),
    f"{CUSTODY}/in": ("/custody/{custody}/in",),
    f"{CUSTODY}/swap": ("/custody/{custody}/swap",),
    f"{CUSTODY}/extend": ("/custody/{custody}/extend",),
    f"{CUSTODY}/photos": ("/custody/{custody}/photos",),
    "/transfers": ("/transfers", "/transfers?waits=receive"),
    "/transfers/new": ("/transfers/new",),
    "/transfers/in-hand": ("/transfers/in-hand",),
    TRANSFER: ("/transfers/{transfer}", "/transfers/{sent_transfer}"),
    f"{TRANSFER}/refuse": ("/transfers/{asked_transfer}/refuse",),
    f"{TRANSFER}/cancel": ("/transfers/{asked_transfer}/cancel",),
    "/recovery": ("/recovery",),
    "/recovery/<int(max=2147483647):task_id>/close": ("/recovery/{recovery}/close",),
    # Managed devices
    "/connections": ("/connections",),
    "/connections/new": ("/connections/new", "/connections/new?vendor=google_workspace"),
    CONNECTION: ("/connections/{connection}",),
    f"{CONNECTION}/edit": ("/connections/{connection}/edit",),
    f"{CONNECTION}/delete": ("/connections/{connection}/delete",),
    "/managed": ("/managed", "/managed?gone=true", "/managed?outcome=new"),
    "/managed/differences": ("/managed/differences",),
    MANAGED: ("/managed/{device_new}", "/managed/{device_torn}", "/managed/{device_left}"),
    f"{MANAGED}/accept": ("/managed/{device_new}/accept",),
    f"{MANAGED}/same": ("/managed/{device_torn}/same", "/managed/{device_new}/same"),
    f"{MANAGED}/ignore": ("/managed/{device_new}/ignore",),
    # Remote commands
    f"{ASSET}/commands/new": (
        "/assets/{managed}/commands/new", "/assets/{managed}/commands/new?action=restart",
        "/assets/{managed}/commands/new?action=wipe",
        "/assets/{held_asset}/commands/new?action=wipe", "/assets/{asset}/commands/new",
    ),
    "/commands": ("/commands", "/commands?which=all", "/commands?which=mine"),
    COMMAND: (
        "/commands/{command_asked}", "/commands/{command_held}", "/commands/{command_unclear}",
    ),
    BATCH: ("/commands/batches/{batch}",),
    "/commands/batches/new": (
        "/commands/batches/new?id={managed}&id={held_asset}&id={evil_asset}",
        "/commands/batches/new",
    ),
    "/commands/confirmed": ("/commands/confirmed",),
    "/breaker": ("/breaker",),
    "/break-glass": ("/break-glass", "/break-glass?asset_id={managed}&action=wipe"),
    "/command-rules": ("/command-rules",),
    "/views": ("/views",),
    "/views/new": ("/views/new",),
    VIEW: ("/views/{view}",),
    f"{VIEW}/delete": ("/views/{view}/delete",),
    f"{VIEW}/share": ("/views/{view}/share",),
    "/catalog": ("/catalog", "/catalog?q=nothing+like+this"),
    "/catalog/makers/new": ("/catalog/makers/new",),
    MAKER: ("/catalog/makers/{maker}",),
    f"{MAKER}/merge": ("/catalog/makers/{maker}/merge", "/catalog/makers/{maker}/merge?into=hp"),
    "/catalog/models": ("/catalog/models", "/catalog/models?manufacturer_id={maker}"),
    "/catalog/models/new": ("/catalog/models/new",),
    MODEL: ("/catalog/models/{model}",),
    f"{MODEL}/merge": ("/catalog/models/{model}/merge",),
    "/catalog/fields": ("/catalog/fields",),
    "/catalog/fields/new": ("/catalog/fields/new",),
    "/catalog/fields/<int(max=2147483647):field_id>": ("/catalog/fields/{own_field}",),
    # Discovery
    "/discoveries": ("/discoveries", "/discoveries?outcome=conflict"),
    FINDING: ("/discoveries/{finding_new}", "/discoveries/{finding_conflict}"),
    f"{FINDING}/accept": ("/discoveries/{finding_new}/accept",),
    f"{FINDING}/attach": ("/discoveries/{finding_new}/attach",),
    f"{FINDING}/ignore": ("/discoveries/{finding_new}/ignore",),
    f"{FINDING}/same": ("/discoveries/{finding_conflict}/same",),
    f"{FINDING}/replaced": ("/discoveries/{finding_conflict}/replaced",),
    "/networks": ("/networks",),
    "/networks/new": ("/networks/new",),
    NETWORK: ("/networks/{network}", "/networks/{evil_network}"),
    f"{NETWORK}/edit": ("/networks/{network}/edit",),
    f"{NETWORK}/delete": ("/networks/{evil_network}/delete",),
    f"{NETWORK}/heard": ("/networks/{network}/heard",),
    "/credentials": ("/credentials",),
    "/credentials/new": ("/credentials/new",),
    "/carts": ("/carts",),
    "/carts/new": ("/carts/new",),
    "/scan": ("/scan", "/scan?mode=in&condition=good", "/scan?mode=cart", "/scan?mode=find"),
    "/labels": (
        "/labels",
        "/labels?shown=true&tags={tag}&codes=qr&codes=bars&lines=district&start=5",
        "/labels?stock=avery-6576&tags=NOBODY",
    ),
    "/labels/stock": ("/labels/stock",),
    "/labels/printers": ("/labels/printers",),
    "/admin-rights": ("/admin-rights", "/admin-rights?show=ended"),
    "/admin-rights/new": ("/admin-rights/new",),
    GRANT: ("/admin-rights/{admin_grant}",),
    "/admin-rights/drift": (
        "/admin-rights/drift", "/admin-rights/drift?kind=not_observed",
    ),
    DRIFT: ("/admin-rights/drift/{admin_drift}",),
    "/admin-rights/allow-list": ("/admin-rights/allow-list",),
    "/admin-rights/allow-list/new": ("/admin-rights/allow-list/new",),
    ALLOWED: ("/admin-rights/allow-list/{allowed_account}/remove",),
    "/enrol": ("/enrol",),
    "/enrol/token": ("/enrol/token",),
    "/enrol/doubts": ("/enrol/doubts",),
    "/notices": ("/notices", "/notices?state=dead"),
    "/notices/targets/new": ("/notices/targets/new",),
    f"{TARGET}/edit": ("/notices/targets/{notice_target}/edit",),
    f"{TARGET}/secret": ("/notices/targets/{notice_target}/secret",),
    "/notices/targets/<int(max=2147483647):target_id>/delete": (
        "/notices/targets/{notice_target}/delete",
    ),
    CREDENTIAL: ("/credentials/{credential}",),
    f"{CREDENTIAL}/edit": ("/credentials/{credential}/edit",),
    f"{CREDENTIAL}/delete": ("/credentials/{credential}/delete",),
    "/sweeps": ("/sweeps",),
    SWEEP: ("/sweeps/{sweep}",),
    "/map": ("/map",),
    # The district
    "/sites": ("/sites",),
    SITE: ("/sites/{school}",),
    f"{SITE}/edit": ("/sites/{school}/edit",),
    f"{SITE}/move": ("/sites/{room}/move",),
    f"{SITE}/new": ("/sites/{school}/new",),
    f"{SITE}/delete": ("/sites/{room}/delete",),
    "/accounts": ("/accounts", "/accounts?role=technician"),
    "/accounts/new": ("/accounts/new",),
    ACCOUNT: ("/accounts/{technician}", "/accounts/{program}"),
    f"{ACCOUNT}/edit": ("/accounts/{technician}/edit",),
    f"{ACCOUNT}/history": ("/accounts/{technician}/history",),
    f"{ACCOUNT}/disable": ("/accounts/{technician}/disable",),
    f"{ACCOUNT}/enable": ("/accounts/{disabled}/enable",),
    f"{ACCOUNT}/one-time-password": ("/accounts/{technician}/one-time-password",),
    f"{ACCOUNT}/reset-factors": ("/accounts/{technician}/reset-factors",),
    f"{ACCOUNT}/roles/new": ("/accounts/{technician}/roles/new",),
    f"{ACCOUNT}/roles/<int(max=2147483647):grant_id>/withdraw": (
        "/accounts/{technician}/roles/{grant}/withdraw",
    ),
    f"{ACCOUNT}/sessions": ("/accounts/{technician}/sessions",),
    f"{ACCOUNT}/sessions/<int(max=2147483647):session_id>/end": (
        "/accounts/{technician}/sessions/{session}/end",
    ),
    f"{ACCOUNT}/tokens": ("/accounts/{program}/tokens",),
    f"{ACCOUNT}/tokens/new": ("/accounts/{program}/tokens/new",),
    f"{ACCOUNT}/tokens/<int(max=2147483647):token_id>/revoke": (
        "/accounts/{program}/tokens/{token}/revoke",
    ),
    "/people": ("/people", "/people?left=true", "/people?q=zz"),
    "/people/<int(max=2147483647):person_id>": ("/people/{person}",),
    "/people/imports": ("/people/imports",),
    PLAN: ("/people/imports/{plan_applied}", "/people/imports/{plan_waiting}"),
    "/people/sources": ("/people/sources",),
    "/people/sources/new": tuple(
        f"/people/sources/new?kind={kind}" for kind in ("google", "graph", "ldap")
    ),
    DIRECTORY: ("/people/sources/{directory}",),
    f"{DIRECTORY}/edit": ("/people/sources/{directory}/edit",),
    f"{DIRECTORY}/delete": ("/people/sources/{directory}/delete",),
    "/people/schools/<int(max=2147483647):org_id>": ("/people/schools/{source_school}",),
    "/people/schools": ("/people/schools", "/people/schools?open=true"),
    f"{PLAN}/progress": ("/people/imports/{plan_applied}/progress",),
    "/audit": ("/audit", "/audit?action=asset.created"),
    "/audit/verify": ("/audit/verify",),
    "/jobs": ("/jobs",),
    "/settings": ("/settings",),
}  # fmt: skip

AT_THE_DOOR = ("/sign-in", "/sign-in?left=1", "/sign-in/code")
"""Pages without sign-in."""

NOT_PAGES: dict[str, str] = {
    "/palette": "a part, looked at in test_find.py",
    "/sign-in": "looked at as nobody, see AT_THE_DOOR",
    "/sign-in/code": "looked at as nobody, see AT_THE_DOOR",
    "/me/security/keys/<int(max=2147483647):key_id>/remove": "looked at in test_security_keys.py",
    "/sign/<string(maxlength=80):secret>": "without an account, looked at in test_agreements.py",
    "/admin-rights/drift/export": "a download",
    "/agreements/signed/<int(max=2147483647):acceptance_id>/pdf": "a download",
    "/mine/<int(max=2147483647):custody_id>/admin-rights": "one's own, read over HTTP",
    "/mine/<int(max=2147483647):custody_id>/report": "one's own, looked at in test_agreements.py",
    "/mine/<int(max=2147483647):custody_id>/agreements/<int(max=2147483647):agreement_id>/sign": (
        "one's own; the form is looked at on the technician's screen"
    ),
    "/mine/signed/<int(max=2147483647):acceptance_id>/pdf": "a download",
    "/reports/<int(max=2147483647):report_id>/close": "looked at in test_agreements.py",
    "/setup": "sends to /sign-in once there is an account; looked at in the walk of the first run",
    "/enrol/scripts/<name>": "a download",
    "/enrol/doubts/<int(max=2147483647):doubt_id>": (
        "needs a report in conflict; read in test_doubt_pages.py"
    ),
    CART: "looked at in test_scan_station.py",
    f"{CART}/give": "looked at in test_scan_station.py",
    f"{CART}/back": "looked at in test_scan_station.py",
    "/a/<rest:tag>": "sends to the asset's page",
    f"{FILE}/content": "a download",
    f"{FILE}/preview": "a picture",
    "/assets/new/models": "a part of the form",
    "/audit/events.csv": "a download",
    "/custody/handed-out.csv": "a download",
    f"{IMPORT}/outcome.csv": "a download",
    f"{SWEEP}/progress": "a part of the sweep's page",
    f"{BATCH}/progress": "a part of the batch's page",
    "/networks/place-row": "a part of the form",
    f"{SITE}/inside": "a part of the tree",
}
