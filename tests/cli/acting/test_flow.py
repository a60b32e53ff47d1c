"""The way of every acting verb: what the checks had to say, before anything is asked or sent."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from lengowctl.cli.acting.flow import tell_warnings
from lengowctl.cli.acting.weighing import Lot
from lengowctl.cli.runtime import Runtime

from ...running import Shell


def test_of_many_kinds_of_warnings_the_commonest_are_told_each_once(tmp_path: Path) -> None:
    kinds = [(f"kind {number}", 10 - number) for number in range(10)]
    runtime = Runtime(Shell(tmp_path).machine())
    tell_warnings(runtime, Lot(warnings=Counter(dict(kinds[2:]))))
    tell_warnings(runtime, Lot(warnings=Counter(dict(kinds))))
    told = [f"lengowctl: warning: {kind}{f' ({number} orders)' if number > 1 else ''}" for kind, number in kinds]
    rest = "lengowctl: warning: and 2 other warnings; --dry-run of a few orders shows all"
    assert runtime.machine.stderr.getvalue().splitlines() == [*told[2:], *told[:8], rest]  # type: ignore[attr-defined]
