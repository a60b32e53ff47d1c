"""`freeze` and `unfreeze`: nothing of the profile is sent, and everybody learns who said so."""

from __future__ import annotations

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
