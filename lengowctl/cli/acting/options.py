"""The options of the acting verbs: which orders, with which arguments, sent how.

`OPTIONS` is the one table of options that carry an argument; each verb's bundle takes the rows that make sense for it,
and they come back as an `Ask`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from lengowctl.cli.declared import Argument, Bundle
from lengowctl.cli.options import Filters, option, read_sort
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.times import read_length
from lengowctl.errors import UsageFault
from lengowctl.orders.arguments import Ask
from lengowctl.orders.fields import Rows
from lengowctl.orders.selection import NEWEST, Sort

_MOTIVE = frozenset({"refuse", "cancel", "refund", "stop"})
_PARCEL = frozenset({"ship"})
_MONEY = frozenset({"refund"})
RETRY, STOP = "retry", "stop"
WAIT_TIMEOUT = timedelta(minutes=30)
_LONGEST_HOLD = timedelta(days=30)
_IN_A_FILE = "give it once; a file says it for each order, or parcel, in a row of its own: --from FILE"


@dataclass(frozen=True, slots=True)
class Row:
    """One option that carries an argument. `name` is a flag's (`orders.arguments.FLAGS`); `verbs` is where it makes
    sense; `retry` takes all of them."""

    name: str
    metavar: str
    help: str
    verbs: frozenset[str]


OPTIONS: tuple[Row, ...] = (
    Row("carrier", "NAME", "Who carries it: the marketplace's code or label, or an alias of yours.", _PARCEL),
    Row("carrier_name", "NAME", "The carrier's name, where the marketplace calls it Other.", _PARCEL),
    Row("tracking_number", "NUMBER", "The parcel's number.", _PARCEL),
    Row("tracking_url", "URL", "Where the parcel can be followed.", _PARCEL),
    Row("shipping_method", "NAME", "The way of shipping, as the marketplace names it.", _PARCEL),
    Row("shipping_date", "DATE", "When it left; now, where the marketplace wants to know.", _PARCEL),
    Row("return_tracking_number", "NUMBER", "The number of the label for sending it back.", _PARCEL),
    Row("return_carrier", "NAME", "Who takes it back.", _PARCEL),
    Row("reason", "REASON", "Why, by the marketplace's code or label.", _MOTIVE),
    Row("amount", "AMOUNT", "How much to pay back, as 12.50; without it, all.", _MONEY),
    Row("shipping_amount", "AMOUNT", "How much of the shipping fee to pay back, or yes or no.", _MONEY | {STOP}),
    Row("comment", "TEXT", "Words for the buyer or the marketplace.", _MOTIVE),
    Row("from_country", "CODE", "The country that parcels leave from, as FR.", frozenset({"accept"})),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted(Bundle):
    """What is asked of each order. Made for one verb by subclassing; `ask.action` is the verb's name."""

    action: ClassVar[str] = ""
    ask: Ask
    force_tracking: bool = False

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        rows = [row for row in OPTIONS if cls.action in row.verbs or cls.action == RETRY]
        found = [_argument_option(row, cls.action) for row in rows]
        if cls.action != STOP:
            found.append(
                option("line", list[str] | None, None, "--line", metavar="LINE[=QTY]",
                       help="Only this line, or so many pieces of it (repeatable; one REF only).")
            )  # fmt: skip
        found.append(
            option("arg", list[str] | None, None, "--arg", metavar="NAME=VALUE",
                   help="Any other argument, by the marketplace's own name (repeatable).")
        )  # fmt: skip
        if cls.action in ("ship", RETRY):
            found.append(
                option("force_tracking", bool, False, "--force-tracking", help="Send parcel numbers that look wrong.")
            )
        return tuple(found)

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        given = {row.name: values[row.name] for row in OPTIONS if values.get(row.name) is not None}
        for name, text in given.items():
            if not text.strip():
                raise UsageFault(f"--{name.replace('_', '-')} is empty")
        lines = tuple(read_line(text, "--line") for text in values.get("line") or ())
        return cls(Ask(cls.action, given, _extras(values["arg"] or ()), lines), bool(values.get("force_tracking")))

    @classmethod
    def flags(cls) -> frozenset[str]:
        """The flags that the verb takes, by name."""
        return frozenset(row.name for row in OPTIONS if cls.action in row.verbs or cls.action == RETRY)


def _argument_option(row: Row, action: str) -> inspect.Parameter:
    return option(row.name, str | None, None, f"--{row.name.replace('_', '-')}", metavar=row.metavar, help=row.help,
                  once="give it once" if action in (RETRY, STOP) else _IN_A_FILE)  # fmt: skip


def _extras(typed: Iterable[str]) -> dict[str, str]:
    """The marketplace's own arguments by name, each given once. Raises UsageFault."""
    found: dict[str, str] = {}
    for name, value in map(read_extra, typed):
        if found.setdefault(name, value) != value:
            raise UsageFault(f"--arg {name} is given twice: it is not clear which is meant", hint="give it once")
    return found


def read_line(text: str, what: str) -> tuple[str, int | None]:
    """`LINE` or `LINE=QTY`. The last `=` divides, and only before a number, since a line's id may hold one.

    Raises UsageFault that begins with `what`.
    """
    line, equals, pieces = text.rpartition("=")
    if not equals or not (pieces.isascii() and pieces.isdecimal()):
        line, pieces = text, ""
    if not line.strip() or len(pieces) > 9 or pieces.strip("0") == "" != pieces:
        raise UsageFault(f"{what}: {text!r} is no line with a number of pieces", hint="write it as LINE or LINE=2")
    return line.strip(), int(pieces) if pieces else None


def read_extra(text: str) -> tuple[str, str]:
    """`NAME=VALUE`; an empty value says "deliberately without". Raises UsageFault."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise UsageFault(f"--arg: {text!r} has no name", hint="write it as --arg NAME=VALUE")
    return name.strip(), value


class AcceptWanted(Wanted):
    """What `accept` takes."""

    action = "accept"
    note = "For example: lengowctl list -s waiting_acceptance | lengowctl accept -"


class RefuseWanted(Wanted):
    """What `refuse` takes."""

    action = "refuse"
    note = "For example: lengowctl refuse fnac:QM1P818040086 --note 'out of stock'"


class ShipWanted(Wanted):
    """What `ship` takes."""

    action = "ship"
    note = "For example: lengowctl ship --from parcels.csv --wait"


class CancelWanted(Wanted):
    """What `cancel` takes."""

    action = "cancel"
    note = "For example: lengowctl cancel kaufland_de:M1755768 --reason NoInventory"


class RefundWanted(Wanted):
    """What `refund` takes."""

    action = "refund"
    note = "For example: lengowctl refund kaufland_de:M1755768 --amount 5 --reason LATE"


class StopWanted(Wanted):
    """What `stop` takes."""

    action = STOP
    note = "For example: lengowctl stop kaufland_de:M1755768 --reason NoInventory"


class RetryWanted(Wanted):
    """What `actions retry` takes: anything that an action may have had wrong."""

    action = RETRY
    note = "For example: lengowctl actions retry 12 --tracking-number 6A12345678932"


@dataclass(frozen=True)
class Named(Bundle):
    """Orders named one by one: as arguments, on stdin, in a file."""

    note: ClassVar[str] = (
        "Name orders, read them from stdin with - (one a line) or from a file with --from, or select them by "
        "filters. A file is CSV with a heading, or JSON lines: ref, and any of the options above by name."
    )
    refs: tuple[str, ...]
    file: str | None

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        return (
            refs_argument("[REF]...", "MARKETPLACE:NUMBER, a number, or - for stdin."),
            option("from_file", str | None, None, "--from", metavar="FILE",
                   help="Orders with their arguments, a row each; - for stdin.",
                   once="one file a run; the same command takes the next"),
        )  # fmt: skip

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        return cls(tuple(values["refs"] or ()), values["from_file"])


def refs_argument(metavar: str, help: str, name: str = "refs") -> inspect.Parameter:
    """Any number of words after the verb."""
    declared = Annotated[list[str] | None, Argument(metavar=metavar, help=help, show_default=False)]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=declared)


@dataclass(frozen=True)
class OrderFilters(Filters):
    """The filters of `list`, without `--carrier`, which is an argument here; and how many of the orders at most."""

    sort_typed: str | None = None
    limit_typed: int | None = None

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        return (
            *(parameter for parameter in super().declared() if parameter.name != "carrier"),
            option("sort", str | None, None, "--sort", metavar="A,-B", help="With --limit: the first ones by these."),
            option("limit", int | None, None, "--limit", "-n", metavar="N", help="Of the selected orders, at most N."),
        )

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        found = super().gather({**values, "carrier": None})
        limit, sort = values["limit"], values["sort"]
        if limit is not None and limit < 0:
            raise UsageFault("--limit is less than 0", hint="0 means all")
        return replace(found, sort_typed=sort, limit_typed=limit)

    def picked(self, runtime: Runtime) -> tuple[tuple[Sort, ...], int | None]:
        """In which order, and how many at most: what was typed over what the view says. Raises UsageFault."""
        view = self.view(runtime)
        sort = self.sort_typed if self.sort_typed is not None else view.sort if view else None
        limit = self.limit_typed if self.limit_typed is not None else view.limit if view else None
        return read_sort(sort, Rows.ORDER) or NEWEST, limit or None


@dataclass(frozen=True)
class Sending(Bundle):
    """How it is sent, as typed."""

    heading: ClassVar[str] = "Sending"
    dry_run: bool = False
    plan: Path | None = None
    yes: bool = False
    max_orders: int | None = None
    hold: timedelta | None = None
    note_text: str | None = None
    again: bool = False
    wait: bool = False
    wait_timeout: timedelta = field(default=WAIT_TIMEOUT)
    report: Path | None = None

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        return (
            option("dry_run", bool, False, "--dry-run", help="Show each request; send and write nothing."),
            option("plan", str | None, None, "--plan", metavar="FILE",
                   help="Write the requests down for apply; send nothing."),
            *_sent_options(),
        )  # fmt: skip

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        most = values.get("max_orders")
        if most is not None and most < 1:
            raise UsageFault("--max-orders is less than 1")
        plan, report, note = values.get("plan"), values["report"], values.get("note")
        if note is not None and not note.strip():
            raise UsageFault("--note is empty")
        if plan is not None and values["dry_run"]:
            raise UsageFault("--dry-run writes nothing, so it goes with no --plan")
        timeout = values["wait_timeout"]
        if timeout is not None and not values["wait"]:
            raise UsageFault("--wait-timeout says how long to wait; say --wait too")
        return cls(
            dry_run=bool(values.get("dry_run")),
            plan=_path("--plan", plan),
            yes=values["yes"],
            max_orders=most,
            hold=_hold(values.get("hold")),
            note_text=note,
            again=bool(values.get("again")),
            wait=values["wait"],
            wait_timeout=read_length("--wait-timeout", timeout, WAIT_TIMEOUT),
            report=_path("--report", report),
        )


def _sent_options() -> tuple[inspect.Parameter, ...]:
    return (
        option("yes", bool, False, "--yes", "-y", help="Do not ask; the caps still hold."),
        option("max_orders", int | None, None, "--max-orders", metavar="N",
               help="The cap on orders for this run."),
        option("hold", str | None, None, "--hold", metavar="TIME",
               help="Keep it back so long, as 10m; then the same command sends it. actions withdraw takes it back."),
        option("note", str | None, None, "--note", metavar="TEXT", help="Why, or a ticket: goes into the history."),
        option(
            "again",
            bool,
            False,
            "--again",
            help="Send what was done before once more, on purpose; not to go on after a stop.",
        ),
        option("wait", bool, False, "--wait", help="Wait for the marketplaces' answers."),
        option("wait_timeout", str | None, None, "--wait-timeout", metavar="TIME",
               help="Wait at most so long (30m)."),
        option("report", str | None, None, "--report", metavar="FILE",
               help="The results as JSON lines, which --from reads."),
    )  # fmt: skip


class ApplySending(Sending):
    """How a plan is sent: what was decided when it was made is not asked again."""

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        dry = option("dry_run", bool, False, "--dry-run", help="Show what would be sent and what has changed.")
        return (dry, *(one for one in _sent_options() if one.name != "again"))


def _path(name: str, text: str | None) -> Path | None:
    if text is not None and not text.strip():
        raise UsageFault(f"{name} is empty")
    return None if text is None else Path(text).expanduser()


def _hold(text: str | None) -> timedelta | None:
    if text is None:
        return None
    length = read_length("--hold", text)
    if length > _LONGEST_HOLD:
        raise UsageFault("--hold: more than 30 days is no hold", hint="write it as 10m or 2h; --plan keeps it longer")
    return length
