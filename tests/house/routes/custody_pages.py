"""The pages of custody."""

from tests.house.routes import Example, Place

ASSET = "/assets/<int(max=2147483647):asset_id>/custody"
ONE = "/custody/<int(max=2147483647):custody_id>"
OF_ONE = {"custody_id": "$custody"}
OBJECT = Place.OBJECT

ROUTES = {
    "GET /custody": Example(query={"overdue": "true"}),
    f"GET {ASSET}": Example(path={"asset_id": "$held_asset"}, place=OBJECT),
    f"GET {ASSET}/out": Example(path={"asset_id": "$asset"}, place=OBJECT),
    f"POST {ASSET}/out": Example(
        path={"asset_id": "$asset"}, place=OBJECT,
        form={"person_id": "$person", "kind": "assignment", "accessories": "charger"},
    ),
    f"GET {ONE}/in": Example(path=OF_ONE, place=OBJECT),
    f"POST {ONE}/in": Example(
        path=OF_ONE, form={"condition": "good", "accessories": "charger=1"}, place=OBJECT
    ),
    f"GET {ONE}/swap": Example(path=OF_ONE, place=OBJECT),
    f"POST {ONE}/swap": Example(
        path=OF_ONE, form={"spare": "$asset_tag", "kind": "assignment"}, place=OBJECT
    ),
    f"GET {ONE}/extend": Example(path=OF_ONE, place=OBJECT),
    f"POST {ONE}/extend": Example(path=OF_ONE, form={"due_at": "2029-01-01T15:00"}, place=OBJECT),
}  # fmt: skip
