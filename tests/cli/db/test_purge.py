"""`db purge`: what is older than the retention, or than it is told."""

from __future__ import annotations

import pytest

from ...running import Result
from ...trading import Shop


@pytest.mark.parametrize(("older_than", "erased"), [("0d", True), ("9999d", False)])
def test_what_is_older_goes_and_what_was_noted_beside_it(shop: Shop, older_than: str, erased: bool) -> None:
    shop("accept", "cdiscount:CD1", "--note", "ticket 4711", "--wait")
    shop.shell.clock.sleep(60)
    orders, actions = (shop("list", "-n", "0", "-o", "count").out.strip(), "1 action") if erased else ("0", "0 actions")
    assert shop("db", "purge", "--older-than", older_than).err == (
        f"buyers' data erased: {orders} orders, 0 set aside; comments and notes of {actions}\n"
    )
    assert ("ticket 4711" in shop("actions", "show", "1").out) is not erased
    assert shop("actions", "verify").code == 0


def test_without_a_retention_it_has_to_be_told(shop: Shop) -> None:
    assert shop("db", "purge") == Result(
        2,
        "",
        "lengowctl: profile sandbox keeps buyers' data for ever\n"
        "  give --older-than 180d, or set retention in the configuration file\n",
    )
