"""A thousand damaged pages: no traceback, and no good neighbour lost."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from lengowctl.connectors.lengow.wire import LengowReader, read_page, scrub
from lengowctl.errors import BadAnswer

from ..world import example, numbered, page_of

STRANGE: tuple[object, ...] = (
    None, True, 0, -1, 2**63, 2**200, 1.5, "", "x", "\ud800", "\x00", "9" * 400, "-1", "NaN", [], [[]], {}, {"a": {}},
    [None], [1, "a"], {"": None}, "2025-13-45T99:00:00Z", "0001-01-01T00:00:00+23:59", "\u202e", "😀" * 50,
)  # fmt: skip
RAW = (
    "NaN", "-Infinity", "9" * 5000, "1e9999999999999999999", "[" * 2000 + "]" * 2000, '{"a":' * 200 + "1" + "}" * 200,
    '"\\ud83d"', '{"a" 1}', "{'a': 1}", "01", "tru", '"\\x"', '"a\x01b"', "--1", "{,}", "[1,,2]",
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], new: object) -> Any:
    if not path:
        return new
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = new
    return value


@pytest.mark.parametrize("seed", range(20))
def test_values_of_any_kind_anywhere_never_cost_a_neighbour(seed: int) -> None:
    chance = random.Random(seed)
    everywhere = places(example())
    for _ in range(30):
        bad: Any = example()
        for _ in range(chance.randint(1, 4)):
            path = chance.choice(everywhere)
            try:
                bad = put(bad, path, chance.choice(STRANGE))
            except (KeyError, IndexError, TypeError):
                continue
        page = read_page(page_of(numbered(1), bad, numbered(2)))
        numbers = [reading.order.order_id for reading in page.readings]
        assert (numbers[0], numbers[-1]) == ("N-1", "N-2")
        assert len(page.readings) + len(page.unreadable) == 3
        scrub(json.dumps(bad).encode())


@pytest.mark.parametrize("raw", RAW)
def test_text_that_is_no_json_anywhere_in_an_order_never_costs_a_neighbour(raw: str) -> None:
    whole = json.dumps(example())
    chance = random.Random(raw)
    for path in chance.sample(places(example()), 15):
        bad = json.dumps(put(example(), path, "@@here@@")).replace('"@@here@@"', raw)
        assert bad != whole
        body = page_of(numbered(1), "@@bad@@", numbered(2)).replace(b'"@@bad@@"', bad.encode("utf-8", "surrogatepass"))
        page = read_page(body)
        numbers = [reading.order.order_id for reading in page.readings]
        assert (numbers[0], numbers[-1]) == ("N-1", "N-2")
        assert len(page.readings) + len(page.unreadable) == 3


@pytest.mark.parametrize("seed", range(10))
def test_damaged_bytes_are_a_page_or_a_bad_answer_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    sound = page_of(numbered(1), example(), numbered(2))
    for _ in range(50):
        body = bytearray(sound)
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(body))
            match chance.randrange(4):
                case 0:
                    body[at] = chance.randrange(256)
                case 1:
                    del body[at : at + chance.randrange(1, 40)]
                case 2:
                    body[at:at] = bytes(chance.choices(b'{}[]",:\\\x00\xff', k=chance.randrange(1, 4)))
                case _:
                    body[at:at] = body[at : at + chance.randrange(1, 300)]
        try:
            page = read_page(bytes(body))
        except BadAnswer:
            continue
        for found in (*(r.body for r in page.readings), *(u.raw for u in page.unreadable)):
            assert found in bytes(body)
            scrub(found)
        for reading in page.readings:
            assert LengowReader().order(reading.body) == reading.order
