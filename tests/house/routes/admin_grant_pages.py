"""Pages of admin rights."""

from tests.house.routes import Example, Place

PATH = "/admin-rights"
ONE = f"{PATH}/<int(max=2147483647):grant_id>"
OF_ONE = {"grant_id": "$admin_grant"}
NO = {"seen": "1", "reason": "no"}

ROUTES = {
    f"GET {PATH}": Example(),
    f"GET {PATH}/new": Example(),
    f"POST {PATH}/new": Example(form={"q": "Ex", "find": "true", "reason": "Robotics"}),
    f"GET {ONE}": Example(path=OF_ONE, place=Place.OBJECT),
    f"POST {ONE}/authorise": Example(path=OF_ONE, form={"seen": "1"}, place=Place.OBJECT),
    f"POST {ONE}/refuse": Example(path=OF_ONE, form=NO, place=Place.OBJECT),
    f"POST {ONE}/revoke": Example(path=OF_ONE, form=NO, place=Place.OBJECT),
}
