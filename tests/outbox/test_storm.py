"""Requests through a storm: five in a hundred each are limited, broken, timed out, lost, signed out or answered by a
web page. Everything is settled or named, nothing is done twice, and no more is asked than needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.outbox.settings import Windows
from lengowctl.sandbox.sandbox import FaultRule

from ..full import times
from ..reliability.harness import Shop, shop
from ..running import Shell

KINDS = ("429", "500", "timeout", "lost", "expired", "html", "late")
_WORDS = ("accept", "-", "--yes", "--max-orders", "20000")
SHORT = Windows(of=lambda action: timedelta(seconds=40), apart=timedelta(seconds=2))


def test_a_storm_of_faults(tmp_path: Path, tried: Callable[[int], None]) -> None:
    count = times(500, 10_000)
    with shop(Shell(tmp_path), orders=5, lively=False, rate_limit=None) as place:
        refs = [":".join(place.world.add_order("zalando_fr", status="waiting_acceptance")) for _ in range(count)]
        place.shell.clock.passed += 300  # they are older than the open end of a sync
        assert place.run("sync").code == 0
        for kind in KINDS:
            place.world.add_fault(FaultRule(kind, route="actions", method="POST", count=None, probability=0.05))
        before = len(place.world.log())
        codes = [_accept(place, refs) for _ in range(5)]
        assert codes[-1] == 0, codes
        log = place.world.log()[before:]
        posts = [it for it in log if it.method == "POST" and it.target.startswith("/v3.0/orders/actions")]
        fates = Counter(it.fault for it in posts)
        assert set(fates) == {None, *KINDS}
        tokens = sum(it.target == "/access/get_token" for it in log)
        assert tokens <= fates["expired"]
        assert 100 * len(log) <= 115 * (_least(len(posts), fates) + tokens)
        place.world.clear_faults()
        place.world.tick(timedelta(hours=12))
        assert Counter(f"{it.marketplace}:{it.order_id}" for it in place.world.effects()) == Counter(refs)
        assert place.run("actions", "verify").code == 0
    tried(count)


def _accept(place: Shop, refs: list[str]) -> int:
    """The command, and what it leaves in doubt settled; how the command ends when it is run once more."""
    for words in (_WORDS, ("actions", "settle"), _WORDS):
        runtime = Runtime(place.shell.machine(stdin="".join(f"{ref}\n" for ref in refs if words is _WORDS)))
        runtime.outbox_settings = {"window": SHORT}
        code = run(words, runtime)
        absent = (1,) if words is not _WORDS else ()  # the few that were left in doubt may all turn out absent
        assert code in (0, 3, 4, 5, 6, *absent), (words, code)
    return code


def _least(posts: int, fates: Counter[str | None]) -> int:
    """The fewest requests that the rules allow, for these faults: what did happen is found by one look; what did not
    is proved by two, at the actions and the order; a further attempt is preceded by one at the actions, and by one at
    the order where nothing was found before.
    """
    found = fates["lost"] + fates["late"]
    absent = fates["500"] + fates["html"] + fates["timeout"]
    again = absent + fates["429"] + fates["expired"]
    return posts + found + 5 * absent + again


def test_a_request_limit_is_filled_and_never_overrun(tmp_path: Path) -> None:
    """Ten windows' worth of orders take ten windows; Lengow never has to say that it is too much."""
    count, a_window = times(500, 5_000), times(50, 500)
    with shop(Shell(tmp_path), orders=5, lively=False, rate_limit=a_window) as place:
        refs = [":".join(place.world.add_order("zalando_fr", status="waiting_acceptance")) for _ in range(count)]
        place.shell.clock.passed += 300  # they are older than the open end of a sync
        assert place.run("sync").code == 0
        before, started = len(place.world.log()), place.shell.clock.passed
        result = place.run(*_WORDS, stdin="".join(f"{ref}\n" for ref in refs))
        assert result.code == 0, result.err
        log = place.world.log()[before:]
        assert [it for it in log if it.status == 429] == []
        assert sum(it.method == "POST" and it.target.startswith("/v3.0/orders/actions") for it in log) == count
        assert place.shell.clock.passed - started <= 1.05 * 60 * count / a_window
        place.world.tick(timedelta(hours=12))
        assert Counter(f"{it.marketplace}:{it.order_id}" for it in place.world.effects()) == Counter(refs)
