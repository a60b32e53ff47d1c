"""What differs between the lines of two readings of one order."""

from __future__ import annotations

from collections.abc import Iterable

from lengowctl.orders.change import Change, differences
from lengowctl.store.columns import LINE_COLUMNS
from lengowctl.store.connection import Row


def line_changes(old: Iterable[Row], new: Iterable[Row]) -> list[Change]:
    """What differs line by line; a line that came or went is one change of `line_id`."""
    before, after = _by_line(old), _by_line(new)
    gone = [Change("line_id", line, None, line) for (line, _) in before.keys() - after.keys()]
    found = sorted(gone, key=lambda change: str(change.line_id))
    for (line, nth), values in after.items():
        if (known := before.get((line, nth))) is None:
            found.append(Change("line_id", None, line, line))
        else:
            found += differences(known, values, line)
    return found


def _by_line(rows: Iterable[Row]) -> dict[tuple[str, int], dict[str, object]]:
    """Lines by their id, and by which of that id it is: ids need not be unique."""
    named: dict[tuple[str, int], dict[str, object]] = {}
    seen: dict[str, int] = {}
    for row in rows:
        values: dict[str, object] = dict(zip(LINE_COLUMNS, row, strict=True))
        line = str(values["line_id"])
        seen[line] = seen.get(line, -1) + 1
        named[line, seen[line]] = values
    return named
