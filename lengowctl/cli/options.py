"""Options that several verbs share. A verb asks for them by naming a bundle as a parameter's type:

    def list_orders(runtime: Runtime, filters: Filters, output: Listing) -> None:
        selection = filters.selection(runtime)
        layout = output.layout(runtime, filters)

`Filters` is made from the table `orders.filters.FILTERS`, so an option, a key of a view and its check are one row.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from lengowctl.cli.declared import Bundle, Option
from lengowctl.cli.leave import Leave
from lengowctl.cli.runtime import Runtime
from lengowctl.config.settings import View
from lengowctl.errors import LengowctlError, UsageFault
from lengowctl.orders.fields import (
    DEFAULT_LINES,
    DEFAULT_PARCELS,
    DEFAULT_PIPE,
    DEFAULT_TABLE,
    Rows,
    check_columns,
    fields_of,
)
from lengowctl.orders.filters import DATES, FILTERS, Filter, Shape, Typed, select
from lengowctl.orders.nearest import nearest
from lengowctl.orders.selection import NEWEST, Selection, Sort
from lengowctl.orders.status import STATUSES
from lengowctl.output.formats import LISTED, Format

#: Rows of a table on a terminal when nothing else was said.
SCREENFUL = 50
NO_ROOM = "no room for {}; a wider terminal shows them, or -o csv"
_TYPES: dict[Shape, Any] = {
    Shape.WORDS: list[str] | None,
    Shape.TEXTS: list[str] | None,
    Shape.SWITCH: bool,
    Shape.EITHER: bool | None,
}


def option(name: str, annotation: Any, default: Any, *flags: str, **settings: Any) -> inspect.Parameter:
    """One declared option of a bundle."""
    declared = Annotated[annotation, Option(*flags, show_default=False, **settings)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=declared)


def _filter_option(row: Filter) -> inspect.Parameter:
    flag = f"{row.option}/--not-{row.option[2:]}" if row.shape is Shape.EITHER else row.option
    flags = (flag, row.short) if row.short else (flag,)
    default = False if row.shape is Shape.SWITCH else None
    annotation = _TYPES.get(row.shape, str | None)
    return option(row.name, annotation, default, *flags, metavar=row.metavar or None, help=row.help)


@dataclass(frozen=True)
class Filters(Bundle):
    """Which orders, as typed: each filter by name, and the view that completes them."""

    note: ClassVar[str] = DATES
    heading: ClassVar[str] = "Filters"
    typed: Mapping[str, Typed]
    view_name: str | None = None

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        view = option("view", str | None, None, "--view", metavar="NAME", help="Filters and columns of a saved view.")
        return (*(_filter_option(row) for row in FILTERS), view)

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        typed = {row.name: values[row.name] for row in FILTERS if values[row.name] not in (None, False) or
                 (row.shape is Shape.EITHER and values[row.name] is False)}  # fmt: skip
        return cls(typed, values["view"])

    @property
    def given(self) -> bool:
        """Whether any filter or a view was typed."""
        return bool(self.typed) or self.view_name is not None

    def view(self, runtime: Runtime) -> View | None:
        """The saved view, if one was named. Raises UsageFault, ConfigFault."""
        return runtime.settings.view(self.view_name) if self.view_name is not None else None

    def selection(self, runtime: Runtime, warn: Callable[[str], None] | None = None) -> Selection:
        """What was typed over what the view says. Raises UsageFault. Warns (through the printer, if not
        told otherwise) of a status or a marketplace that nobody knows."""
        warn = warn or runtime.printer.warn
        view = self.view(runtime)
        merged = {**(view.filters if view else {}), **self.typed}
        selection = select(merged, now=runtime.now(), zone=runtime.zone)
        for word in (*selection.statuses, *selection.line_statuses):
            if word not in STATUSES:
                _warn_of_status(runtime, word, warn)
        if selection.marketplaces:
            _warn_of_marketplaces(runtime, selection.marketplaces, warn)
        return selection


def _warn_of_status(runtime: Runtime, word: str, warn: Callable[[str], None]) -> None:
    """An unknown status passes, because Lengow may add one; but a typing error would find nothing, silently."""
    try:
        counted = runtime.store(write=False).orders.counts(Selection(), ("status",))
    except LengowctlError:
        counted = []
    known = {*STATUSES, *(str(row[0]) for row in counted)}
    if word not in known:
        near = nearest(word, known)
        tail = f"; did you mean {near}?" if near else "; lengowctl statuses lists them"
        warn(f"no order has the status {word}{tail}")


def _warn_of_marketplaces(runtime: Runtime, globs: Sequence[str], warn: Callable[[str], None]) -> None:
    """A glob that means no marketplace at all finds nothing, silently: `amazon` is not `amazon_*`."""
    try:
        store = runtime.store(write=False)
        known = store.marketplaces.codes()
        lost = [glob for glob in globs if not any(fnmatchcase(code, glob) for code in known)]
        if lost:  # an order may be older than its marketplace's description
            known = [*known, *(str(row[0]) for row in store.orders.counts(Selection(), ("marketplace",)))]
    except LengowctlError:
        return
    for glob in (glob for glob in lost if known and not any(fnmatchcase(code, glob) for code in known)):
        near = nearest(glob, known)
        meant = f"'{glob}*'" if any(code.startswith(glob) for code in known) else near if near else None
        tail = f"; did you mean {meant}?" if meant else "; lengowctl marketplaces list names them"
        warn(runtime.addressed(f"no marketplace is called {glob}{tail}"))


@dataclass(frozen=True)
class Layout:
    """How rows are shown. `limit` None: all. `cut`: the limit is ours, so say how many more there are."""

    format: Format
    columns: tuple[str, ...]
    sort: tuple[Sort, ...]
    limit: int | None
    cut: bool = False


@dataclass(frozen=True)
class Listing(Bundle):
    """How a listing is shown, as typed."""

    formats: ClassVar[tuple[Format, ...]] = LISTED
    limit_help: ClassVar[str] = f"At most N rows, 0 for all. On a terminal {SCREENFUL}, elsewhere all."

    format: str | None
    columns: str | None
    sort: str | None
    limit: int | None

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        return (
            format_option(cls.formats),
            option("columns", str | None, None, "--columns", metavar="A,B,C",
                   help="Columns to show; help lists them all."),
            option("sort", str | None, None, "--sort", metavar="A,-B", help="Sort by these; - turns one round."),
            option("limit", int | None, None, "--limit", "-n", metavar="N", help=cls.limit_help),
        )  # fmt: skip

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)

    def layout(
        self,
        runtime: Runtime,
        view: View | None = None,
        *,
        rows: Rows = Rows.ORDER,
        sort: tuple[Sort, ...] = NEWEST,
    ) -> Layout:
        """What was typed over what the view says over the defaults. Raises UsageFault.

        `--columns help` is answered here: the list is printed and the command ends.
        """
        if self.columns == "help":
            show_columns(runtime, rows)
        tty = runtime.printer.out_tty
        chosen = read_format(self.format, self.formats) or (Format.TABLE if tty else Format.TSV)
        limit = self.limit if self.limit is not None else view.limit if view else None
        if limit is not None and limit < 0:
            raise UsageFault("--limit is less than 0", hint="0 means all")
        screenful = limit is None and tty and chosen is Format.TABLE
        return Layout(
            chosen,
            read_columns(self.columns, view, rows, chosen),
            read_sort(self.sort if self.sort is not None else view.sort if view else None, rows) or sort,
            SCREENFUL if screenful else limit or None,
            screenful,
        )


def format_option(formats: Sequence[Format]) -> inspect.Parameter:
    """`--format/-o` with the formats that a verb can write."""
    return option("format", str | None, None, "--format", "-o", metavar="|".join(formats), help="How it is written.")


def read_format(word: str | None, formats: Sequence[Format]) -> Format | None:
    """Raises UsageFault naming the formats."""
    if word is None:
        return None
    if word not in formats:
        near = nearest(word, formats)
        hint = f"did you mean {near}? " if near else ""
        raise UsageFault(f"--format: there is no format {word!r} here", hint=f"{hint}there are {', '.join(formats)}")
    return Format(word)


def read_columns(typed: str | None, view: View | None, rows: Rows, format: Format) -> tuple[str, ...]:
    """The columns typed, else the view's, else the default of these rows. Raises UsageFault."""
    if typed is not None:
        names = [name.strip() for name in typed.split(",") if name.strip()]
        if not names:
            raise UsageFault("--columns is empty", hint="--columns help lists them all")
        return check_columns(names, rows)
    if view and view.columns:
        return check_columns(view.columns, rows)
    if rows is Rows.LINE:
        return DEFAULT_LINES
    if rows is Rows.PARCEL:
        return DEFAULT_PARCELS
    return DEFAULT_TABLE if format is Format.TABLE else DEFAULT_PIPE


def read_sort(text: str | None, rows: Rows) -> tuple[Sort, ...]:
    """`total,-ordered_at` as sort keys; none for None. Raises UsageFault naming the nearest column."""
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    if text is not None and not parts:
        raise UsageFault("--sort is empty")
    names = check_columns([part.lstrip("-+") for part in parts], rows)
    directions = {part.lstrip("-+"): part.startswith("-") for part in reversed(parts)}
    return tuple(Sort(name, directions[name]) for name in names)


def show_columns(runtime: Runtime, rows: Rows) -> None:
    """Print every column with its title, and end the command well."""
    fields = fields_of(rows).values()
    width = max(len(field.name) for field in fields)
    for field in fields:
        runtime.printer.data(f"{field.name.ljust(width)}  {field.title}" if runtime.printer.out_tty else field.name)
    raise Leave(0)
