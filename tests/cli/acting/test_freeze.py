"""`freeze` and `unfreeze`: nothing of the profile is sent, and everybody learns who said so."""

from __future__ import annotations

from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request, digest
from lengowctl.store.intent import Who
from lengowctl.store.intents import Draft
from lengowctl.store.runs import begin_run
from lengowctl.store.store import Store

from ...trading import Shop

BY = "jo on desk stopped all sending at 2026-11-23T12:0"


def test_nothing_is_sent_until_it_is_unfrozen(shop: Shop) -> None:
    assert shop("freeze", "--note", "stock count").err == (
        "the profile sandbox is frozen: stock count; lengowctl unfreeze ends it\n"
    )
    for words in (("accept", "cdiscount:CD1"), ("refuse", "cdiscount:CD1", "--yes"), ("actions", "retry", "1")):
        result = shop(*words)
        assert result.code == 1
        if words[0] != "actions":
            assert f"the profile sandbox is frozen: {BY}" in result.err
            assert "stock count" in result.err
    assert shop.posts() == 0
    assert shop("accept", "cdiscount:CD1", "--dry-run").code == 0
    assert "nothing is sent; jo on desk froze it just now: stock count" in shop("status").out
    assert shop("freeze").err.startswith("frozen already, by jo on desk")
    assert shop("unfreeze").err.startswith("the profile sandbox may send again; jo on desk froze it")
    assert shop("unfreeze").err == "the profile sandbox was not frozen\n"
    assert shop("accept", "cdiscount:CD1").code == 0


def test_what_is_on_its_way_when_somebody_freezes_is_told(shop: Shop) -> None:
    """A run that is alive is sending two; what a dead one left is in doubt, and not on its way."""
    folder, now = shop.shell.data / "sandbox", shop.shell.clock.now()
    alive, dead = (begin_run(folder, iter([name]).__next__) for name in ("alive", "dead"))
    with Store.open(folder, write=True, now=now) as store:
        intents = store.intents(profile="sandbox", source=store.source or "", who=Who("jo", "desk", "accept"))
        for number, run in ((1, alive), (2, alive), (3, dead)):
            wish = Request.of("accept", OrderKey("cdiscount", f"CD{number}"), {})
            with intents.transaction():
                intent = intents.add(
                    Draft(wish, digest(store.source or "", wish), 1), note=None, hold_until=None, at=now
                )
                assert intents.claim(intent, run_id=run.run_id, sent_at=now, known_ids=(), at=now)
    dead.abandon()
    told = "warning: 2 actions were on the way already, and will end: lengowctl actions list --state sending"
    assert told in shop("freeze").err
    alive.abandon()
    assert "on the way" not in shop("freeze").err
