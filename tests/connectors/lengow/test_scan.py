"""Walking over JSON text."""

from __future__ import annotations

import pytest

from lengowctl.connectors.lengow.scan import Broken, Cursor, Element, glimpse, read_element

DEEP = "it is nested more than 50 levels deep"


def items(text: str) -> list[Element]:
    cursor = Cursor(text)
    found = list(cursor.items())
    cursor.finish()
    return found


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_elements_are_found_where_they_stand() -> None:
    text = ' [ {"a": 1} ,\n[2,"]"] , "x" ] '
    assert [(text[e.start : e.end], e.value, e.fault) for e in items(text)] == [
        ('{"a": 1}', {"a": 1}, None),
        ('[2,"]"]', [2, "]"], None),
        ('"x"', "x", None),
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("NaN", "it holds NaN, which is no number"),
        ('{"a": -Infinity}', "it holds -Infinity, which is no number"),
        ('{"a": ' + "9" * 5000 + "}", "it holds a number too long to be read"),
        ('{"a": 1e99999999999999999999}', "it holds a number too long to be read"),
        (nested(51), DEEP),
        (nested(100_000), DEEP),
        ('{"a": ' * 5000 + "1" + "}" * 5000, DEEP),
        ('{"a" 1}', "it is not valid JSON"),
        ('{"a": "\\q"}', "it is not valid JSON"),
        ("nul", "it is not valid JSON"),
    ],
)
def test_a_bad_element_is_named_and_its_neighbours_are_read(bad: str, reason: str) -> None:
    found = items(f'[{{"n": 1}}, {bad}, {{"n": 2}}]')
    assert [(e.value, e.fault) for e in found] == [({"n": 1}, None), (None, reason), ({"n": 2}, None)]


def test_fifty_levels_are_read() -> None:
    assert items(f"[{nested(50)}]")[0].fault is None


def test_many_brackets_beside_each_other_are_not_deep() -> None:
    assert items(f"[[{','.join(['[[]]'] * 200)}]]")[0].fault is None


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("[1, 2", True),
        ('[{"a": "b', True),
        ('[{"a": [1, 2}]', False),
        ("[1 2]", False),
        ("[,]", False),
        ("[1] x", False),
        ("", True),
        ("[", True),
    ],
)
def test_a_text_that_cannot_be_walked_is_broken_and_says_whether_it_was_cut(text: str, cut: bool) -> None:
    with pytest.raises(Broken) as caught:
        items(text)
    assert caught.value.cut is cut


@pytest.mark.parametrize("text", ['{"a" 1}', "{a: 1}", '{"a": 1,', '{"a": 1 "b": 2}', "{1: 2}", "["])
def test_an_object_that_cannot_be_walked_is_broken(text: str) -> None:
    cursor = Cursor(text)
    with pytest.raises(Broken):
        [cursor.element() for _ in cursor.members()]


def test_members_of_an_empty_object() -> None:
    assert list(Cursor(" { } ").members()) == []


def test_control_characters_inside_a_text_are_read() -> None:
    assert read_element('{"a": "x\ny\x00"}').value == {"a": "x\ny\x00"}


def test_the_identity_of_a_broken_order_is_glimpsed_at_its_own_level_only() -> None:
    text = '{"x": {"marketplace": "inner"}, "marketplace": "outer", "id" : 7, "y": NaN, "text": "a\\"b", "z": [1'
    names = frozenset({"marketplace", "id", "text", "y"})
    assert glimpse(text, 0, len(text), names) == {"marketplace": "outer", "id": 7, "text": 'a"b'}
