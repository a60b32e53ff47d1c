"""Orders change while they are listed: nothing is lost, nothing stays old. A naive reader of the same world loses."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from lengowctl.orders.moment import micros, read_instant, utc_text
from lengowctl.sandbox.faults import parse_fault
from lengowctl.sandbox.sandbox import Request, Response, Sandbox

from ..full import portions, times
from ..running import Shell
from .harness import shop

SORTS = ("documented", "created_asc", "created_desc", "updated_asc", "updated_desc")
ROUNDS = 2


@pytest.mark.parametrize(("part", "seeds"), portions(times(20, 500), 50))
def test_no_update_is_lost_however_the_world_moves(
    part: int, seeds: int, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    """All sort orders, ties shuffled, bulk changes in one second, late visibility, faults that end a run."""
    naive_lost = 0
    for seed in range(part * 50, part * 50 + seeds):
        dice = random.Random(seed)
        shell = Shell(tmp_path / str(seed))
        with shop(
            shell, orders=130, seed=seed % 3 + 1, sort_mode=SORTS[seed % 5], shuffle_ties=bool(seed % 2)
        ) as place:
            world, naive = place.world, Naive(place.world)
            world.configure(visible_delay=dice.choice((0.0, 20.0, 45.0)), rate_limit=None)
            assert place.run("sync").code == 0
            for _ in range(ROUNDS):
                world.tick(timedelta(minutes=dice.choice((5, 180))))
                world.touch_many(dice.sample(world.refs(), dice.choice((3, 115))))
                world.tick(timedelta(seconds=dice.choice((1, 30, 90))))
                size = dice.choice((3, 12))
                world.add_fault(parse_fault(f"drift:size={size},route=orders,count=4,probability=0.7"))
                if dice.random() < 0.3:  # the run breaks off amid
                    world.add_fault(parse_fault(f"530:route=orders,skip={dice.randrange(1, 5)}"))
                place.run("sync")
                world.clear_faults()
                world.add_fault(parse_fault(f"drift:size={size},route=orders,count=always"))
                naive.sync()
                world.clear_faults()
            world.configure(lively=False)
            world.tick(timedelta(minutes=3))
            quiet = place.run("sync")
            naive.sync()
            assert (quiet.code, place.wrong()) == (0, []), seed
            naive_lost += bool(naive.wrong())
    assert naive_lost >= 0.3 * seeds
    tried(seeds)


class Naive:
    """Reads as one would: what changed between the last time and now, page after page while there is a next."""

    def __init__(self, world: Sandbox) -> None:
        self.world = world
        self.seen: dict[tuple[str, str], int] = {}
        self.cursor = datetime(2000, 1, 1, tzinfo=UTC)
        self.token = ""

    def sync(self) -> None:
        now, number, more = self.world.now(), 1, True
        span = f"updated_from={quote(utc_text(self.cursor))}&updated_to={quote(utc_text(now))}"
        while more:
            page = self._get(f"{span}&page={number}&page_size=100")
            for order in page["results"]:
                key = order["marketplace"], order["marketplace_order_id"]
                self.seen[key] = micros(read_instant(order["updated_at"]))
            number, more = number + 1, page["next"]
        self.cursor = now

    def wrong(self) -> list[tuple[str, str]]:
        theirs = {
            (order["marketplace"], order["marketplace_order_id"]): micros(read_instant(order["updated_at"]))
            for order in self.world.orders_in()
        }
        return [key for key, moved in theirs.items() if self.seen.get(key) != moved]

    def _get(self, query: str) -> dict:
        info = self.world.info()
        for _ in range(5):
            headers = {"authorization": self.token}
            answer = self.world.handle(
                Request("GET", f"/v3.0/orders/?account_id={info.account_id}&{query}", headers, b"")
            )
            assert isinstance(answer, Response)
            if answer.status == 200:
                return json.loads(answer.body)
            if answer.status == 404:
                return {"results": [], "next": None}
            form = f"access_token={info.access_token}&secret={info.secret}".encode()
            kind = {"content-type": "application/x-www-form-urlencoded"}
            session = self.world.handle(Request("POST", "/access/get_token", kind, form))
            assert isinstance(session, Response)
            self.token = json.loads(session.body)["token"]
        raise AssertionError(answer)
