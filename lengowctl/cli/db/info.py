"""`lengowctl db info`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import moment_text, text_or_json
from lengowctl.orders.moment import utc_text
from lengowctl.orders.reference import format_ref
from lengowctl.output.page import Line, facts, line, room_of, section, write
from lengowctl.output.screen import Screen
from lengowctl.store.set_aside import SetAsideOrder
from lengowctl.store.upkeep import Info
from lengowctl.store.upkeep import info as read_info

_MEGA = 1_000_000
_SHOWN = 20


def info(
    runtime: Runtime,
    format: Annotated[str | None, Option("--format", "-o", metavar="table|json", help="How it is written.")] = None,
) -> None:
    """Sizes, counts, what was set aside, and how the files are kept."""
    as_json = text_or_json(format)
    known = read_info(runtime.folder)
    aside = runtime.store(write=False).set_aside.all() if known.counts else []
    if as_json:
        runtime.printer.data(json.dumps(_as_json(known, aside), ensure_ascii=False, indent=2))
        return
    screen = runtime.printer.screen
    room = room_of(screen)
    page = [*facts(_files(known), room), *section("Rows", facts(_counts(known, screen), room - 2, 13))]
    write([*page, *section("Set aside", _aside(aside, room))], runtime.printer.out, screen)


def _files(known: Info) -> Iterator[tuple[str, Line | None]]:
    yield "folder", line(str(known.folder))
    yield "source", line(known.source or "none yet")
    for file in known.files:
        yield file.path.name, line(f"{file.size / _MEGA:,.1f} MB, {file.journal} journal, schema {file.schema}")
    yield "SQLite", line(known.sqlite)
    yield "free", line(f"{known.free / _MEGA:,.0f} MB")


def _counts(known: Info, screen: Screen) -> Iterator[tuple[str, Line | None]]:
    for table, count in known.counts.items():
        yield table.replace("_", " "), line(f"{count:>12,}")
    if known.oldest and known.newest:
        yield "ordered", line(f"{moment_text(known.oldest, screen)} to {moment_text(known.newest, screen)}")


def _aside(aside: list[SetAsideOrder], room: int) -> list[Line]:
    rows = [(_named(item), line(item.reason)) for item in aside[:_SHOWN]]
    if len(aside) > _SHOWN:
        rows.append(("…", line(f"{len(aside) - _SHOWN:,} more; -o json has them all")))
    return facts(rows, room - 2, 34)


def _named(item: SetAsideOrder) -> str:
    return format_ref(item.marketplace or "?", item.order_id or "?")


def _as_json(known: Info, aside: list[SetAsideOrder]) -> dict[str, object]:
    return {
        "folder": str(known.folder),
        "source": known.source,
        "sqlite": known.sqlite,
        "files": [
            {"path": str(file.path), "bytes": file.size, "journal": file.journal, "schema": file.schema}
            for file in known.files
        ],
        "rows": known.counts,
        "oldest": utc_text(known.oldest) if known.oldest else None,
        "newest": utc_text(known.newest) if known.newest else None,
        "free_bytes": known.free,
        "set_aside": [{"ref": _named(item), "reason": item.reason, "at": utc_text(item.at)} for item in aside],
    }
