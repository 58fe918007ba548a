"""Pages of the discovery: networks, credentials, sweeps, the review of findings, first steps."""

from tests.house.routes import Example, Place

NETWORK = "/networks/<int(max=2147483647):network_id>"
CREDENTIAL = "/credentials/<int(max=2147483647):credential_id>"
SWEEP = "/sweeps/<int(max=2147483647):sweep_id>"
FINDING = "/discoveries/<int(max=2147483647):finding_id>"

OF_NETWORK, OF_SWEEP = {"network_id": "$network"}, {"sweep_id": "$sweep"}
OF_FINDING, OF_CONFLICT = {"finding_id": "$finding"}, {"finding_id": "$conflict"}
OF_CREDENTIAL = {"credential_id": "$credential"}

DRAFT = {
    "name": "$unique", "site_id": "$room", "targets": "10.2.0.0/24", "exclusions": "10.2.0.9",
    "place_target": "10.2.0.0/28", "place_site": "", "schedule": "daily", "daily_at": "05:30",
    "every_minutes": "", "enabled": "true", "auto_accept": "printer", "credentials": "",
    "port": "161", "rate": "", "timeout": "1", "retries": "1", "max_hosts": "4096",
}  # fmt: skip

ROUTES = {
    "GET /networks": Example(query={"after": "a"}),
    "GET /networks/new": Example(),
    "POST /networks/new": Example(form={**DRAFT, "place_target": ""}, place=Place.OBJECT),
    "POST /networks/check": Example(form={**DRAFT, "place_site": "North / 1"}),
    "GET /networks/place-row": Example(),
    f"GET {NETWORK}": Example(OF_NETWORK, place=Place.OBJECT),
    f"GET {NETWORK}/edit": Example(OF_NETWORK, place=Place.OBJECT),
    f"POST {NETWORK}/edit": Example(
        OF_NETWORK, form={**DRAFT, "place_target": "", "version": 1}, place=Place.OBJECT
    ),
    f"GET {NETWORK}/heard": Example(OF_NETWORK, query={"after": 1}, place=Place.OBJECT),
    f"POST {NETWORK}/sweep": Example(OF_NETWORK, form={}, place=Place.OBJECT),
    f"GET {NETWORK}/delete": Example(OF_NETWORK, place=Place.OBJECT),
    f"POST {NETWORK}/delete": Example(OF_NETWORK, form={"version": 1}, place=Place.OBJECT),
    "GET /credentials": Example(query={"after": "a"}),
    "GET /credentials/new": Example(query={"kind": "v2c"}, place=Place.DISTRICT),
    "POST /credentials/new": Example(
        query={"kind": "v3"},
        form={
            "label": "$unique", "username": "homeroom", "auth_protocol": "SHA256",
            "auth_key": "a long pass phrase", "priv_protocol": "AES128",
            "priv_key": "another pass phrase", "context": "",
        },
        place=Place.DISTRICT,
    ),
    f"GET {CREDENTIAL}": Example(OF_CREDENTIAL),
    f"GET {CREDENTIAL}/edit": Example(OF_CREDENTIAL, place=Place.DISTRICT),
    f"POST {CREDENTIAL}/edit": Example(
        OF_CREDENTIAL, form={"label": "$unique", "community": "", "version": 1},
        place=Place.DISTRICT,
    ),
    f"GET {CREDENTIAL}/delete": Example(OF_CREDENTIAL, place=Place.DISTRICT),
    f"POST {CREDENTIAL}/delete": Example(OF_CREDENTIAL, form={"version": 1}, place=Place.DISTRICT),
    "GET /sweeps": Example(query={"state": "running", "after": 5}),
    f"GET {SWEEP}": Example(OF_SWEEP, place=Place.OBJECT),
    f"GET {SWEEP}/progress": Example(OF_SWEEP, query={"phase": "probing"}, place=Place.OBJECT),
    f"POST {SWEEP}/cancel": Example(OF_SWEEP, form={}, place=Place.OBJECT),
    "GET /discoveries": Example(query={"outcome": "new", "kind": "printer", "state": "all"}),
    f"GET {FINDING}": Example(OF_FINDING, place=Place.OBJECT),
    f"GET {FINDING}/accept": Example(OF_FINDING, place=Place.OBJECT),
    f"POST {FINDING}/accept": Example(
        OF_FINDING,
        form={"revision": 1, "tag": "", "prefix": "", "site_id": "$room", "status": "deployed"},
        place=Place.OBJECT,
    ),
    f"GET {FINDING}/attach": Example(OF_FINDING, place=Place.OBJECT),
    f"POST {FINDING}/attach": Example(
        OF_FINDING, form={"revision": 1, "tag": "HR-NOWHERE"}, place=Place.OBJECT
    ),
    f"GET {FINDING}/ignore": Example(OF_FINDING, place=Place.OBJECT),
    f"POST {FINDING}/ignore": Example(
        OF_FINDING, form={"revision": 1, "reason": "a toy"}, place=Place.OBJECT
    ),
    f"POST {FINDING}/reopen": Example(
        {"finding_id": "$ignored"}, form={"revision": 1}, place=Place.OBJECT
    ),
    f"GET {FINDING}/same": Example(OF_CONFLICT, place=Place.OBJECT),
    f"POST {FINDING}/same": Example(
        OF_CONFLICT,
        form={
            "revision": 1, "asset_id": "$conflicting_asset", "replace_hardware": "true",
            "reason": "",
        },
        place=Place.OBJECT,
    ),
    f"GET {FINDING}/replaced": Example(OF_CONFLICT, place=Place.OBJECT),
    f"POST {FINDING}/replaced": Example(
        OF_CONFLICT,
        form={
            "revision": 1, "asset_id": "$conflicting_asset", "old_status": "retired",
            "becomes": "new", "tag": "", "prefix": "", "site_id": "", "status": "deployed",
            "known_tag": "", "reason": "broken",
        },
        place=Place.OBJECT,
    ),
    "POST /discoveries/bulk": Example(
        form={
            "action": "ignore", "step": "apply", "row": "1.1", "back": "outcome=new",
            "reason": "", "prefix": "", "site_id": "", "status": "deployed",
        }
    ),
    "GET /map": Example(query={"site_id": "$site"}, place=Place.OBJECT),
    "GET /welcome": Example(query={"step": "network"}),
    "POST /welcome/school": Example(form={"name": "East", "code": ""}, place=Place.DISTRICT),
    "POST /welcome/credential/<string(maxlength=3):version>": Example(
        {"version": "v2c"}, form={"label": "$unique", "community": "secret"},
        place=Place.DISTRICT,
    ),
    "POST /welcome/network": Example(
        form={"name": "$unique", "site_id": "$room", "targets": "10.3.0.0/24", "accept": "true"},
        place=Place.OBJECT,
    ),
    "POST /welcome/sweep": Example(form={"network_id": "$network"}, place=Place.OBJECT),
}  # fmt: skip
