"""Which orders are meant, and what is asked of each: resolved as a whole, before anything is checked or sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from lengowctl.cli.acting.options import STOP, Named, OrderFilters, Wanted
from lengowctl.cli.acting.records import is_remark
from lengowctl.cli.acting.sheet import Sheet, arguments_in, read_sheet
from lengowctl.cli.references import STDIN, piped_lines
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import FileFault, LengowctlError, UnknownOrder, UsageFault
from lengowctl.orders.arguments import LINE, Ask
from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.reference import CUT, OrderKey, brief, format_ref, is_row, numbered_refs, read_ref
from lengowctl.orders.request import Arguments
from lengowctl.orders.rows import Row, merge_rows
from lengowctl.outbox.told import Result, Told
from lengowctl.output.text import clean
from lengowctl.output.words import counted
from lengowctl.store.store import Store

_T = TypeVar("_T")
#: So many orders are looked up together.
AT_ONCE = 1000
_NAMED = 3


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
    if named.file is not None and not named.file.strip():
        raise UsageFault("--from is empty", hint="a variable of the shell may be empty")
    by_name = bool(named.refs or named.file)
    if by_name and filters.given:
        raise UsageFault(
            "references and filters together: it is not clear what is meant",
            hint=f"give one or the other; a pipe joins them: lengowctl list … | lengowctl {wanted.action} -",
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
    meant, resolver = Meant(), Resolver(store, by_line=True)
    seen: set[OrderKey] = set()
    for words in parted(_words(runtime, named.refs, wanted), AT_ONCE):
        for (where, text), key in zip(words, resolver.find_all([text for _, text in words]), strict=True):
            if isinstance(key, str):
                meant.failed.append(failed(brief(text) if is_row(text) else text, wanted.ask, where, key))
            elif key in seen:
                meant.repeated += 1
            else:
                seen.add(key)
                meant.items.append(Item(where, key, wanted.ask))
    return meant


def _words(runtime: Runtime, refs: Iterable[str], wanted: Wanted) -> Iterator[tuple[str, str]]:
    """Each reference with the line it stands on; stdin is read only for `-`. Raises UsageFault."""
    for ref in refs:
        if ref != STDIN:
            yield "", ref
            continue
        for number, word in numbered_refs(_without_arguments(piped_lines(runtime, ref), wanted)):
            yield f"line {number}", word


def _without_arguments(lines: Iterator[str], wanted: Wanted) -> Iterator[str]:
    """The lines, unless they carry arguments of this verb, of which `-` reads none: parcels would leave without their
    numbers. Raises UsageFault."""
    for line in lines:
        text = line.lstrip("\ufeff").strip()
        given = arguments_in(text, wanted.flags())
        if given:
            too = "" if wanted.action == STOP else f"lengowctl {wanted.action} --from - reads them too; "
            raise UsageFault(
                f"stdin has {' and '.join(given)}, and - reads references alone",
                hint=f"{too}list -o ids gives references alone",
            )
        yield line
        if text and not is_remark(text):
            break
    yield from lines


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
    if sheet.numberless:
        runtime.printer.warn(f"{name}: {_numberless(sheet.numberless)}")
    return meant


def _numberless(rows: Sequence[str]) -> str:
    more = f" and {len(rows) - _NAMED:,} more" if len(rows) > _NAMED else ""
    return f"tracking_number is empty in {counted(len(rows), 'row')} ({', '.join(rows[:_NAMED])}{more})"


def _rows(store: Store, sheet: Sheet, meant: Meant) -> Iterator[Row]:
    resolver = Resolver(store)
    for entries in parted(sheet.entries, AT_ONCE):
        for entry, key in zip(entries, resolver.find_all([entry.ref for entry in entries]), strict=True):
            key = entry.fault or key
            if isinstance(key, str):
                meant.failed.append(failed(entry.ref, entry.ask, entry.where, key))
            else:
                yield Row(entry.where, key, entry.ask)


def _content(runtime: Runtime, name: str) -> bytes:
    """Raises FileFault."""
    if name == STDIN:
        return "".join(piped_lines(runtime, "--from -")).encode("utf-8", "surrogateescape")
    try:
        return Path(name).expanduser().read_bytes()
    except OSError as fault:
        raise FileFault(f"{name} cannot be read: {(fault.strerror or str(fault)).lower()}") from fault


class Resolver:
    """Finds the orders that texts mean, in the cache; the reason in words where it finds none. `by_line`: they came as
    lines, which may be anything."""

    def __init__(self, store: Store, *, by_line: bool = False) -> None:
        self._store = store
        self._by_line = by_line
        self._known = frozenset(store.marketplaces.codes())

    def find(self, text: str) -> OrderKey | str:
        (found,) = self.find_all((text,))
        return found

    def find_all(self, texts: Sequence[str]) -> list[OrderKey | str]:
        """A thousand or so at once."""
        found = self._store.orders.resolve_all([read_ref(text, self._known) for text in texts])
        return [
            key if isinstance(key, OrderKey) else explained(key, text, by_line=self._by_line)
            for key, text in zip(found, texts, strict=True)
        ]


def parted(things: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """The things in lists of at most `size`."""
    things = iter(things)
    while part := list(islice(things, size)):
        yield part


def explained(fault: LengowctlError, text: str = "", *, by_line: bool = False) -> str:
    """An error in one line. A text with characters that cannot be seen is told to have them; one that stood in a line
    of its own and is a row of something else is told to be no reference."""
    if text.endswith(CUT) or (by_line and isinstance(fault, UnknownOrder) and is_row(text)):
        return _no_reference(text)
    unseen = "; it holds characters that cannot be seen" if clean(text) != text else ""
    hint = f"; {fault.hint}" if fault.hint else ""
    return f"{clean(fault.message)}{unseen}{hint}"


def _no_reference(text: str) -> str:
    """Why a whole row of something is not looked for."""
    told = f"{clean(brief(text))} is no reference; a line begins with one, alone or before a tab or comma"
    return f"{told}; --from reads files with semicolons" if ";" in text else f"{told} (list -o ids)"
