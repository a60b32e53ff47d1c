"""What is left of a buyer: nothing."""

from __future__ import annotations

import json
from dataclasses import fields

from lengowctl.orders.fields import DEFAULT_LINES, ORDER_FIELDS, Rows
from lengowctl.orders.model import Address
from lengowctl.output import mask
from lengowctl.output.columns import Stored

NAMES = tuple(field.name for field in ORDER_FIELDS)
BUYER = {
    "customer": "Élodie",
    "email": "e@x.example",
    "city": "Paris",
    "postcode": "75011",
    "address": "1 rue",
    "phone": "06",
}


def test_personal_columns_say_only_that_there_was_something() -> None:
    row: tuple[Stored, ...] = tuple(BUYER.get(name, f"<{name}>") for name in NAMES)
    (masked,) = mask.rows([row], NAMES)
    assert {name: value for name, value in zip(NAMES, masked, strict=True) if value == "***"} == dict.fromkeys(
        BUYER, "***"
    )
    assert [value for name, value in zip(NAMES, masked, strict=True) if name not in BUYER] == [
        f"<{name}>" for name in NAMES if name not in BUYER
    ]


def test_what_is_missing_stays_missing() -> None:
    assert list(mask.rows([("bol:1", None, "")], ("ref", "customer", "email"))) == [("bol:1", None, "")]


def test_rows_without_personal_columns_pass_and_so_do_the_currencies_behind_the_columns() -> None:
    rows = [("bol:1", "L1")]
    assert list(mask.rows(rows, DEFAULT_LINES[:2], Rows.LINE)) == rows
    assert list(mask.rows([("A", "9.00", "EUR")], ("customer", "total"))) == [("***", "9.00", "EUR")]


def test_words_are_masked_where_there_are_any() -> None:
    block = [["bol:1", "bol:2"], ["Élodie", ""], ["FR", "BE"]]
    assert list(mask.words([block], ("ref", "customer", "country"))) == [
        [("bol:1", "bol:2"), ("***", ""), ("FR", "BE")]
    ]


def test_json_is_masked_at_every_depth_and_else_unchanged() -> None:
    value = {
        "ref": "bol:1",
        "customer": "Élodie",
        "email": None,
        "total": "90.60",
        "items": 3,
        "addresses": [{field.name: "secret" for field in fields(Address)}],
    }
    (text,) = mask.json_rows([json.dumps(value) + '\n{"email":"a@b.example"}'])
    first, second = text.split("\n")
    assert second == '{"email":"***"}'
    masked = json.loads(first)
    assert masked["addresses"] == [{field.name: "***" for field in fields(Address)} | {"country": "secret"}]
    assert {key: masked[key] for key in ("ref", "customer", "email", "total", "items")} == {
        "ref": "bol:1", "customer": "***", "email": None, "total": "90.60", "items": 3,
    }  # fmt: skip
