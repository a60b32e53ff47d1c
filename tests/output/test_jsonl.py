"""JSON lines."""

from __future__ import annotations

import io
import json as reader

from lengowctl.orders.fields import Kind
from lengowctl.output import jsonl
from lengowctl.output.columns import Column

from .samples import DANGEROUS, unsafe


def test_each_object_is_a_line() -> None:
    stream = io.StringIO()
    assert jsonl.write((f'{{"n":{number}}}' for number in range(1100)), stream) == 1100
    assert [reader.loads(line)["n"] for line in stream.getvalue().splitlines()] == list(range(1100))
    several = io.StringIO()
    assert jsonl.write(['{"n":1}\n{"n":2}', '{"n":"\x7f"}\n{"n":4}'], several) == 4
    assert several.getvalue() == '{"n":1}\n{"n":2}\n{"n":"\\u007f"}\n{"n":4}\n'
    empty = io.StringIO()
    assert (jsonl.write([], empty), empty.getvalue()) == (0, "")


def test_every_dangerous_character_reads_back_and_none_is_written() -> None:
    stream = io.StringIO()
    jsonl.write((reader.dumps(char, ensure_ascii=False) for char in DANGEROUS), stream)
    assert not unsafe(stream.getvalue())
    assert [reader.loads(line) for line in stream.getvalue().split("\n")[:-1]] == DANGEROUS


def test_a_file_gets_the_same_bytes() -> None:
    texts = [*(reader.dumps(f"é{char}", ensure_ascii=False) for char in DANGEROUS), '"a"\n"b"']
    apart, raw = io.StringIO(), io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
    file.write("first\n")
    assert jsonl.write(texts, file) == jsonl.write(texts, apart)
    file.write("last\n")
    file.flush()
    assert raw.getvalue().decode() == f"first\n{apart.getvalue()}last\n"


def test_other_listings_have_the_stores_shapes() -> None:
    columns = (
        Column("status", "Status", Kind.STATUS), Column("next", "Next", Kind.LIST), Column("over", "Over", Kind.FLAG),
        Column("count", "Count", Kind.COUNT), Column("amount", "Amount", Kind.MONEY),
    )  # fmt: skip
    rows = [("é", '["a"]', 1, 3, "1.00"), (None, None, None, None, None)]
    assert list(jsonl.objects(rows, columns)) == [
        '{"status":"é","next":["a"],"over":true,"count":3,"amount":"1.00"}',
        '{"status":null,"next":null,"over":null,"count":null,"amount":null}',
    ]
