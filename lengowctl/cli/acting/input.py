"""Which orders are meant, and what is asked of each: resolved as a whole, before anything is checked or sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lengowctl.cli.acting.options import Named, OrderFilters, Wanted
from lengowctl.cli.acting.sheet import Entry, Sheet, read_sheet
from lengowctl.cli.references import STDIN
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import AmbiguousOrder, FileFault, LengowctlError, UnknownOrder, UsageFault
from lengowctl.orders.arguments import LINE, Ask
from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.reference import OrderKey, format_ref, numbered_refs, read_ref
from lengowctl.orders.request import Arguments
from lengowctl.orders.rows import Row, merge_rows
from lengowctl.outbox.told import Result, Told
from lengowctl.output.text import clean
from lengowctl.store.store import Store


@dataclass(frozen=True, slots=True)
class Item:
    """One order and what is asked of it. `where` is the line it came from, empty for an argument or a filter."""

    where: str
    key: OrderKey
    ask: Ask

    @property
    def ref(self) -> str:
        return format_ref(*self.key)

    def fail(self, reason: str) -> Told:
        """The result of an order for which nothing can be sent."""
        return failed(self.ref, self.ask, self.where, reason)


@dataclass(slots=True)
class Meant:
    """What the input comes to: the orders, the rows that came to nothing, how many rows said what was said before."""

    items: list[Item] = field(default_factory=list)
    failed: list[Told] = field(default_factory=list)
    repeated: int = 0
    filtered: bool = False


def failed(ref: str, ask: Ask, where: str, reason: str) -> Told:
    """A row that came to nothing. Its arguments are what was given, so that a report can be read back."""
    said = f"{where}: {reason}" if where else reason
    return Told(ref, ask.action, Result.FAILED, said, None, typed_arguments(ask), None)


def typed_arguments(ask: Ask) -> Arguments:
    """What was given, by flags and the marketplace's own names."""
    lines = [line if pieces is None else f"{line}={pieces}" for line, pieces in ask.lines]
    given = {name: text for name, text in ask.given.items() if text.strip()}
    return tuple(sorted({**given, **ask.extra}.items())) + tuple((LINE, line) for line in lines)


def gather(
    runtime: Runtime, store: Store, named: Named, filters: OrderFilters, wanted: Wanted, known: dict[str, Marketplace]
) -> Meant:
    """The orders that are meant. Raises UsageFault for both ways at once, for neither, and for what cannot be read."""
    by_name = bool(named.refs or named.file)
    if by_name and filters.given:
        raise UsageFault(
            "references and filters together: it is not clear what is meant",
            hint="give one or the other; a pipe joins them: lengowctl list … | lengowctl …  -",
        )
    if named.refs and named.file:
        raise UsageFault("references and --from together: it is not clear what is meant", hint="give one or the other")
    if not filters.given and (filters.limit_typed is not None or filters.sort_typed is not None):
        raise UsageFault("--limit and --sort go with filters, and there are none", hint="for instance --status …")
    if filters.given:
        return _selected(runtime, store, filters, wanted)
    if not by_name:
        raise UsageFault(
            "which orders? none is named and none is selected",
            hint="give references, - for stdin, --from FILE, or filters such as --status; never all orders by itself",
        )
    meant = (
        _from_file(runtime, store, named.file, wanted, known) if named.file else _typed(runtime, store, named, wanted)
    )
    if wanted.ask.lines and len({item.key for item in meant.items}) > 1:
        raise UsageFault(
            "--line goes with one reference only", hint="a file says it for each: --from FILE, column line"
        )
    return meant


def _selected(runtime: Runtime, store: Store, filters: OrderFilters, wanted: Wanted) -> Meant:
    if wanted.ask.lines:
        raise UsageFault("--line goes with one reference only, not with filters")
    sort, limit = filters.picked(runtime)
    rows = store.orders.rows(
        filters.selection(runtime),
        ("marketplace", "order_id"),
        sort=sort,
        limit=limit,
        profile=runtime.profile.name,
    )
    return Meant([Item("", OrderKey(str(code), str(number)), wanted.ask) for code, number in rows], filtered=True)


def _typed(runtime: Runtime, store: Store, named: Named, wanted: Wanted) -> Meant:
    """References from arguments and stdin; the same order twice counts once."""
    meant, resolver = Meant(), Resolver(store)
    seen: set[OrderKey] = set()
    for where, text in _words(runtime, named.refs):
        key = resolver.find(text)
        if isinstance(key, str):
            meant.failed.append(failed(text, wanted.ask, where, key))
        elif key in seen:
            meant.repeated += 1
        else:
            seen.add(key)
            meant.items.append(Item(where, key, wanted.ask))
    return meant


def _words(runtime: Runtime, refs: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each reference with the line it stands on; stdin is read only for `-`. Raises UsageFault."""
    for ref in refs:
        if ref != STDIN:
            yield "", ref
            continue
        for number, word in numbered_refs(_stdin(runtime, "-")):
            yield f"line {number}", word


def _stdin(runtime: Runtime, what: str) -> Iterable[str]:
    if runtime.machine.stdin.isatty():
        raise UsageFault(f"{what} reads stdin, and stdin is the terminal", hint="pipe something in, or name the orders")
    return runtime.machine.stdin


def _from_file(runtime: Runtime, store: Store, name: str, wanted: Wanted, known: dict[str, Marketplace]) -> Meant:
    """The rows of a file. Rows that say the same count once; those that contradict each other are told."""
    if wanted.ask.lines:
        raise UsageFault("--line goes with one reference only", hint=f"{name} says it for each order, in a column line")
    sheet = read_sheet(_content(runtime, name), "stdin" if name == STDIN else name, wanted.ask, wanted.flags())
    meant = Meant()
    merged = merge_rows(list(_rows(store, sheet, meant)), known)
    meant.items = [Item(row.where, row.key, row.ask) for row in merged.rows]
    meant.repeated = merged.repeated
    for clash in merged.clashes:
        meant.failed += [failed(format_ref(*row.key), row.ask, "", clash.sentence) for row in clash.rows]
    if sheet.unused:
        runtime.printer.warn(f"{name}: not used by {wanted.action}: {', '.join(sheet.unused)}")
    return meant


def _rows(store: Store, sheet: Sheet, meant: Meant) -> Iterator[Row]:
    resolver = Resolver(store)
    for entry in sheet.entries:
        key = _key(resolver, entry)
        if isinstance(key, str):
            meant.failed.append(failed(entry.ref, entry.ask, entry.where, key))
        else:
            yield Row(entry.where, key, entry.ask)


def _key(resolver: Resolver, entry: Entry) -> OrderKey | str:
    return entry.fault or resolver.find(entry.ref)


def _content(runtime: Runtime, name: str) -> bytes:
    """Raises FileFault."""
    if name == STDIN:
        return "".join(_stdin(runtime, "--from -")).encode("utf-8", "surrogateescape")
    try:
        return Path(name).expanduser().read_bytes()
    except OSError as fault:
        raise FileFault(f"{name} cannot be read: {(fault.strerror or str(fault)).lower()}") from fault


class Resolver:
    """Finds the order that a text means, in the cache; the reason in words where it finds none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = frozenset(store.marketplaces.codes())

    def find(self, text: str) -> OrderKey | str:
        try:
            return self._store.orders.resolve(read_ref(text, self._known))
        except (UnknownOrder, AmbiguousOrder) as fault:
            return explained(fault, text)


def explained(fault: LengowctlError, text: str = "") -> str:
    """An error in one line; a text with characters that cannot be seen is told to have them."""
    unseen = "; it holds characters that cannot be seen" if clean(text) != text else ""
    hint = f"; {fault.hint}" if fault.hint else ""
    return f"{clean(fault.message)}{unseen}{hint}"
