"""Bytes that are no order, and answers that are no page, through the whole command: no traceback, no neighbour lost."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lengowctl.sandbox.faults import KINDS, parse_fault

from ..full import portions, times
from ..running import Shell
from .harness import Shop, shop

#: So many of a page's orders are garbled; where half of them are, the whole page is refused.
AT_ONCE = 30
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**63,
    2**200,
    1e308,
    -0.0,
    "",
    " ",
    "\x00",
    "\ud800",
    "\x1b]0;x\x07",
    "9" * 5000,
    "١٢",
    [],
    [[]],
    {},
    {"": None},
    [None] * 3,
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00+14:00",
    "NaN",
    "2026-02-30",
    "x" * 100_000,
    {"a": {"b": {"c": [1, {"d": "e"}]}}},
)
WHOLE = (
    b"null",
    b"[]",
    b"{}",
    b"0",
    b'"order"',
    b"NaN",
    b"-Infinity",
    b"1" * 5000,
    b"1e400",
    b"[" * 4000 + b"]" * 4000,
    b'{"marketplace":"amazon_fr","marketplace":"fnac","marketplace_order_id":"1"}',
    b'{"a":"\xff\xfe"}',
    b'{"a":"\\ud800"}',
    b'{"a":"\\u0000"}',
    b'{"marketplace_order_id":' + b"9" * 6000 + b"}",
    b"{" + b'"a":{' * 300 + b"}" * 300 + b"}",
)


@pytest.mark.parametrize(("part", "count"), portions(times(1_000, 20_000), 1_000))
def test_a_garbled_order_never_takes_its_neighbours_along(
    part: int, count: int, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    """Values of the wrong kind at any place, cut bytes and whole nonsense: the rest of the listing comes in."""
    dice, garbled, nth = random.Random(2 + part), 0, 0
    while garbled < count:
        nth += 1
        with shop(Shell(tmp_path / str(nth)), orders=140, seed=nth % 5 + 1) as place:
            place.run("sync")
            world, poisoned = place.world, set[tuple[str, str]]()
            world.configure(lively=False, rate_limit=None)
            for _ in range(2):
                world.tick(timedelta(hours=dice.choice((2, 2, 2, 5)), minutes=20))  # after 5 all are read again
                place.run("sync")  # what was before is no part of the next page
                # An order garbled in its number is cached as another one, which the world cannot serve.
                keys = sorted((place.cached().keys() & set(world.refs())) - poisoned)
                dice.shuffle(keys)
                spoiled, good = keys[:AT_ONCE], keys[AT_ONCE : 2 * AT_ONCE + 9]
                poisoned.update(spoiled)
                for key in spoiled:
                    world.poison(key, _garbled(dice, world.order(*key)))
                world.touch_many(good)
                world.tick(timedelta(minutes=2))
                result = place.run("sync")
                assert result.code in (0, 3), result.err
                assert "Traceback" not in result.err
                assert "went wrong" not in result.err
                stale = [line for line in place.wrong() if any(str(key) in line for key in good)]
                assert stale == []
                assert place.run("list", "-o", "jsonl", "-n", "0").code == 0
                garbled += AT_ONCE
            assert place.run("db", "info").code == 0
            _heal(place)
    tried(garbled)


def _heal(place: Shop) -> None:
    """What is served right again is understood, and what was set aside for it is forgotten."""
    keys = set(place.world.refs())
    for key in keys:
        place.world.poison(key, None)
    place.world.tick(timedelta(minutes=2))
    assert place.run("sync").code == 0
    assert [line for line in place.wrong() if not line.endswith("for None")] == []
    known = place.rows("SELECT marketplace, order_id FROM set_aside WHERE marketplace IS NOT NULL")
    assert [key for key in known if tuple(key) in keys] == []


def _garbled(dice: random.Random, order: dict[str, Any]) -> bytes:
    kind = dice.randrange(5)
    if kind == 0:
        return dice.choice(WHOLE)
    if kind == 1:  # bytes flipped inside texts: still one JSON value, as a listing must hold
        body = json.dumps(order, ensure_ascii=False)
        return body.replace(dice.choice("aeiou"), chr(dice.choice((0xE9, 0x202E, 0x1F600, 0xFEFF)))).encode()
    for _ in range(dice.choice((1, 1, 3))):
        _spoil(dice, order)
    return json.dumps(order).encode()


def _spoil(dice: random.Random, value: Any) -> None:
    """Put something odd somewhere in the tree, or take something out."""
    while True:
        places = list(value) if isinstance(value, dict) else list(range(len(value)))
        if not places:
            return
        at = dice.choice(places)
        inner = value[at]
        if isinstance(inner, dict | list) and inner and dice.random() < 0.75:
            value = inner
            continue
        if isinstance(value, dict) and dice.random() < 0.2:
            del value[at]
        else:
            value[at] = deepcopy(dice.choice(ODD))
        return


def test_any_answer_that_is_none_ends_in_one_sentence_and_the_next_run_makes_up_for_it(
    tmp_path: Path, tried: Callable[[int], None]
) -> None:
    dice = random.Random(4)
    kinds = [kind for kind in KINDS if kind not in ("slow", "late", "drift")]
    with shop(Shell(tmp_path), orders=40) as place:
        place.run("sync")
        for nth in range(times(26, 400)):
            place.world.tick(timedelta(hours=1))
            kind, route = dice.choice(kinds), dice.choice(("orders", "token", "marketplaces", "*"))
            rule = f"{kind}:route={route},skip={dice.randrange(3)},count={dice.choice((1, 3, 9))}"
            place.world.add_fault(parse_fault(rule))
            result = place.run("sync")
            place.world.clear_faults()
            assert result.code in (0, 1, 3, 4, 6), (rule, result.err)
            assert result.out == ""
            assert "Traceback" not in result.err
            assert "went wrong" not in result.err, (rule, result.err, nth)
        place.world.tick(timedelta(minutes=3))
        assert place.run("sync").code == 0
        assert place.wrong() == []
    tried(nth + 1)
