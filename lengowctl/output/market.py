"""`marketplaces show` and `marketplaces list`: the channel guide, from what a marketplace says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from json import dumps
from typing import TextIO

from lengowctl.orders.fields import Kind
from lengowctl.orders.marketplace import Action, Argument, Marketplace
from lengowctl.orders.quirks import AcceptLimit, accept_limit, read_every
from lengowctl.output import words
from lengowctl.output.columns import Column, Stored, status_style
from lengowctl.output.page import DIM, LABEL, Line, Span, facts, line, room_of, section, wrapped, write
from lengowctl.output.screen import Screen
from lengowctl.output.sheet_goods import link
from lengowctl.output.text import clean, fit, width

#: The columns of `marketplaces list`.
COLUMNS = (
    Column("marketplace", "Marketplace", Kind.CODE),
    Column("name", "Name", Kind.TEXT),
    Column("actions", "Actions", Kind.LIST),
    Column("country", "Country", Kind.CODE),
    Column("accept_within", "Accept within", Kind.CODE),
    Column("read_every", "Read every", Kind.CODE),
    Column("carriers", "Carriers", Kind.COUNT),
)
_INDENT = 10
#: So many valid values stand in a line of text; more are set in columns.
_VALUES = 10
#: Names of arguments and statuses take at most this much.
_NAME = 24


def rows(marketplaces: Iterable[Marketplace]) -> Iterator[tuple[Stored, ...]]:
    """The marketplaces as rows of `COLUMNS`; a limit that is a careful guess ends in `?`."""
    for market in marketplaces:
        limit = accept_limit(market.code) if market.action("accept") else None
        yield (
            market.code,
            market.name,
            dumps([action.name for action in market.actions]),
            market.country,
            f"{words.span(limit.within)}{'' if limit.sure else '?'}" if limit else None,
            words.span(read_every(market.code)),
            len(market.carriers),
        )


def render(market: Marketplace, stream: TextIO, screen: Screen) -> None:
    """Write the page of one marketplace."""
    room = room_of(screen)
    inner = min(room, 200) - 2
    lines = [
        *wrapped(
            line(Span(market.code, LABEL), f"  {market.name}", f", {market.country}" if market.country else ""), room
        ),
        *facts(_facts(market), room),
        *section(
            "Actions", [text for action in market.actions for text in _action(action, market, inner)] or _none(inner)
        ),
        *section("Statuses", _statuses(market, inner)),
        *section(f"Carriers ({len(market.carriers)})", _grid(market.carriers, inner) if market.carriers else []),
        *section("Shipping methods", _grid(market.shipping_methods, inner) if market.shipping_methods else []),
        *section(
            "Not understood",
            [text for part in market.unknown for text in wrapped(line(part), inner, 2)],
        ),
    ]
    write(lines, stream, screen)


def _facts(market: Marketplace) -> list[tuple[str, Line | None]]:
    limit = accept_limit(market.code) if market.action("accept") else None
    return [
        ("Homepage", link(market.homepage) if market.homepage else None),
        ("Read", line(f"every {words.span(read_every(market.code))} by Lengow; a status can be that old")),
        ("Accept", _limit(limit) if limit else None),
        ("Old code", line(market.legacy_code or "") if market.legacy_code != market.code else None),
        ("Features", line(", ".join(market.features))),
        ("About", line(market.description or "")),
    ]


def _limit(limit: AcceptLimit) -> Line:
    sure = "else the marketplace cancels" if limit.sure else "a careful guess: the marketplace does not say"
    return line(f"within {words.span(limit.within)}; {sure}")


def _none(room: int) -> list[Line]:
    return wrapped(line("none: this marketplace takes no actions through Lengow"), room)


def _action(action: Action, market: Marketplace, room: int) -> list[Line]:
    start = line(Span(f"{action.name:<{_INDENT - 2}}  ", "bold"))
    when = [part for word in action.statuses for part in (Span(", "), Span(word, status_style(word)))][1:]
    told = line(Span("while ", DIM), *when) if when else line("never, by its own description")
    lines = wrapped((*start, *told), room, _INDENT)
    names = min(max((width(clean(argument.name)) for argument in action.arguments), default=0), _NAME)
    for argument in action.arguments:
        lines += _argument(argument, market, room, names)
    return lines


def _argument(argument: Argument, market: Marketplace, room: int, names: int) -> list[Line]:
    """Name, need and what it takes on one line; then the valid values."""
    hang = _INDENT + 2
    by_carrier = bool(argument.values) and argument.values == market.carriers
    name = Span(fit(clean(argument.name), names), "bold" if argument.required else "")
    need = Span(f"  {'needed' if argument.required else 'optional':<8}  ", DIM)
    lines = wrapped(line(" " * _INDENT, name, need, _takes(argument, by_carrier)), room, hang)
    if by_carrier or not argument.values:
        return lines
    if len(argument.values) > _VALUES:
        return [*lines, *((Span(" " * hang), *text) for text in _grid(argument.values, room - hang))]
    told = ", ".join(_pair(code, label) for code, label in argument.values)
    return [*lines, *wrapped(line(" " * hang, told), room, hang)]


def _takes(argument: Argument, by_carrier: bool) -> str:
    """What kind of value, from which list, and what it is when it is left out. What is needed is never left out: there
    the marketplace's default is a proposal."""
    default = f"{argument.default} {'proposed' if argument.required else 'by default'}" if argument.default else ""
    if not argument.values:
        kind = argument.type if argument.type != "string" else ""
        return ", ".join(part for part in (kind, default) if part)
    listed = "such as" if argument.free else "one of"
    return f"{listed} the carriers below" if by_carrier else f"{default}{'; ' if default else ''}{listed}:"


def _statuses(market: Marketplace, room: int) -> list[Line]:
    names = min(max((width(clean(word)) for word, _ in market.statuses), default=0), _NAME)
    return [
        text
        for word, own in market.statuses
        for text in wrapped(
            line(Span(fit(clean(word), names), status_style(word)), "  ", ", ".join(own) or "-"), room, names + 2
        )
    ]


def _pair(code: str, label: str) -> str:
    """The code, which is what is sent, and its label where that says more."""
    same = "".join(filter(str.isalnum, code)).lower() == "".join(filter(str.isalnum, label)).lower()
    return code if same or not label else f"{code} ({label})"


def _grid(pairs: Sequence[tuple[str, str]], room: int) -> list[Line]:
    """Codes with labels in as many columns as fit, read downwards."""
    cells = [clean(_pair(code, label)) for code, label in pairs]
    widest = min(max(map(width, cells)), room)
    across = max(1, min((room + 2) // (widest + 2), len(cells)))
    down = -(-len(cells) // across)
    if across == 1:
        return [text for cell in cells for text in wrapped(line(cell), room, 2)]
    return [line("  ".join(fit(cell, widest) for cell in cells[at::down]).rstrip()) for at in range(down)]
