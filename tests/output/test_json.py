"""One JSON array."""

from __future__ import annotations

import io
import json as reader

import pytest

from lengowctl.output import json

from .samples import DANGEROUS, unsafe


@pytest.mark.parametrize("count", [0, 1, 2, 49, 50, 51, 1100])
def test_any_number_of_objects_is_one_array_with_an_object_a_line(count: int) -> None:
    stream = io.StringIO()
    assert json.write((f'{{"ref":"bol:{number}"}}' for number in range(count)), stream) == count
    assert reader.loads(stream.getvalue()) == [{"ref": f"bol:{number}"} for number in range(count)]
    assert stream.getvalue().endswith("]\n")
    assert stream.getvalue().count("\n") == (count + 2 if count else 1)


def test_texts_of_several_objects_are_one_array_too() -> None:
    stream = io.StringIO()
    assert json.write(['{"n":1}\n{"n":2}', '{"n":3}'], stream) == 3
    assert stream.getvalue() == '[\n{"n":1},\n{"n":2},\n{"n":3}\n]\n'


def test_every_dangerous_character_reads_back_and_none_is_written() -> None:
    stream = io.StringIO()
    values = [f"é{char}" for char in DANGEROUS]
    json.write((reader.dumps(value, ensure_ascii=False) for value in values), stream)
    assert not unsafe(stream.getvalue())
    assert reader.loads(stream.getvalue()) == values
