"""Security keys when two requests come at once: one answer counts once."""

import threading
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from inventory.accounts.guard import cookie_name
from inventory.db import Database
from inventory.settings import Settings
from tests.inventory.conftest import Caller, MakeCaller
from tests.inventory.key_steps import ACT, ask_act, begin, enrol, kept, step_ups
from tests.inventory.soft_key import SoftKey

AT_ONCE = 4
CONFIRM = f"/confirm?binding={ACT}&next=/commands"


@pytest.fixture
def me(browser: MakeCaller, jane: int) -> Caller:
    return browser(account=jane)


def at_once(me: Caller, settings: Settings, send: Callable[[Caller], TestResponse]) -> list[int]:
    """The statuses of the same request, sent by one session from several tabs."""
    ready, codes = threading.Barrier(AT_ONCE), list[int]()

    def one() -> None:
        client = me.client.application.test_client()
        client.set_cookie(cookie_name(settings), me.secret)
        tab = Caller(client, me.headers, me.account_id, me.secret)
        ready.wait(10)
        codes.append(send(tab).status_code)

    threads = [threading.Thread(target=one) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(codes)


def test_one_answer_confirms_once(me: Caller, settings: Settings, database: Database) -> None:
    key = SoftKey(counts=False)
    enrol(me, key)
    answer = key.sign(ask_act(me))
    codes = at_once(me, settings, lambda tab: tab.post(CONFIRM, data={"key": answer}))
    assert codes == [303] + [422] * (AT_ONCE - 1)
    assert len(step_ups(database)) == 1


def test_one_new_key_is_kept_once(me: Caller, settings: Settings, database: Database) -> None:
    form = {"label": "x", "key": SoftKey().make(begin(me))}
    at_once(me, settings, lambda tab: tab.post("/me/security/keys/confirm", data=form))
    assert len(kept(database)) == 1


def test_questions_at_once_are_no_trouble(me: Caller, settings: Settings) -> None:
    key = SoftKey()
    enrol(me, key)
    ask = f"/confirm/key-question?binding={ACT}"
    codes = at_once(me, settings, lambda tab: tab.post(ask))
    assert set(codes) <= {200, 409}
    assert 200 in codes
    assert me.post(CONFIRM, data={"key": key.sign(ask_act(me))}).status_code == 303
