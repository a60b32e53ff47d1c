"""`db query`: values come out as SQLite has them."""

from __future__ import annotations

import json

from ...trading import Shop

ASKED = "select 1 as one, 2.5 as half, '90.60' as money, x'00ff' as bytes, null as missing, 9e999 as endless"


def test_numbers_are_numbers_in_json_and_text_stays_text(shop: Shop) -> None:
    """Amounts are kept as text, so they stay exact; what JSON has no word for is text too."""
    told = {"one": 1, "half": 2.5, "money": "90.60", "bytes": "00ff", "missing": None, "endless": "inf"}
    assert json.loads(shop("db", "query", ASKED, "-o", "json").out) == [told]
    assert json.loads(shop("db", "query", ASKED, "-o", "jsonl").out) == told
    assert shop("db", "query", ASKED).out == "1\t2.5\t90.60\t00ff\t\tinf\n"
