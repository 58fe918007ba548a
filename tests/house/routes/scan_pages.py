"""The pages of the scan station."""

from tests.house.routes import Example, Place

ROUTES = {
    "GET /scan": Example(query={"mode": "out", "place_id": "$room"}),
    "POST /scan/person": Example(form={"q": "exam"}),
    "POST /scan/one": Example(
        query={"mode": "out", "person_id": "$person"}, form={"codes": "$loose_tag"},
        place=Place.OBJECT,
    ),
    "POST /scan/many": Example(query={"mode": "in"}, form={"codes": "NOBODY"}),
    "POST /scan/undo": Example(
        query={"mode": "out"}, form={"custody_id": "$custody"}, place=Place.OBJECT
    ),
}  # fmt: skip
