"""The way of every acting verb: what the checks had to say, before anything is asked or sent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lengowctl.cli.acting.flow import tell_warnings
from lengowctl.cli.acting.weighing import Lot
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.moment import utc_text

from ...running import Shell
from ...trading import Shop


def test_of_many_kinds_of_warnings_the_commonest_are_told_each_once(tmp_path: Path) -> None:
    kinds = [(f"kind {number}", 10 - number) for number in range(10)]
    runtime = Runtime(Shell(tmp_path).machine())
    tell_warnings(runtime, Lot(warnings=Counter(dict(kinds[2:]))))
    tell_warnings(runtime, Lot(warnings=Counter(dict(kinds))))
    told = [f"lengowctl: warning: {kind}{f' ({number} orders)' if number > 1 else ''}" for kind, number in kinds]
    rest = "lengowctl: warning: and 2 other warnings; --dry-run of a few orders shows all"
    assert runtime.machine.stderr.getvalue().splitlines() == [*told[2:], *told[:8], rest]  # type: ignore[attr-defined]


def test_what_holds_for_several_marketplaces_is_told_once_for_all(tmp_path: Path) -> None:
    """Also where a marketplace's name begins with another's."""
    places = ["Bol", "Bol FR", *(f"Shop {letter}" for letter in "ABCDEF")]
    counts = {f"{place} takes no --comment; it is left out": 9 - at for at, place in enumerate(places)}
    runtime = Runtime(Shell(tmp_path).machine())
    tell_warnings(runtime, Lot(warnings=Counter({**counts, "Bol is closed": 1})), places)
    assert runtime.machine.stderr.getvalue().splitlines() == [  # type: ignore[attr-defined]
        "lengowctl: warning: Bol takes no --comment; it is left out (9 orders); the same at Bol FR (8), Shop A (7),"
        " Shop B (6), Shop C (5), Shop D (4) and 2 more marketplaces",
        "lengowctl: warning: Bol is closed",
    ]


def test_what_was_planned_and_never_sent_gives_way_to_another_action_and_that_is_said(shop: Shop) -> None:
    planned = utc_text(shop.shell.clock.now())
    shop("accept", "cdiscount:CD1", "--hold", "10m")
    result = shop("refuse", "cdiscount:CD1", "cdiscount:CD1", "--yes")
    assert (result.code, result.err) == (
        0,
        f"lengowctl: warning: cdiscount:CD1: accept, planned by accept at {planned} and never sent, is withdrawn in"
        " favour of this\nrefuse: 1 sent (1 named twice, counted once)\n",
    )
