"""The filters, once: options of the reading and acting verbs, keys of a saved view, and how both become a Selection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple, NoReturn

from lengowctl.errors import UsageFault
from lengowctl.orders.moment import read_date, read_span
from lengowctl.orders.selection import TYPES, Selection
from lengowctl.orders.status import STATUSES

#: What was typed for a filter, or stands in a view: several texts, one text, or a yes or no. None: not filtered.
Typed = list[str] | str | bool | None


class Shape(StrEnum):
    """What a filter takes."""

    WORDS = "words"
    """Repeatable; each may be a list with commas."""
    TEXTS = "texts"
    """Repeatable; a comma belongs to the text."""
    TEXT = "text"
    DATE = "date"
    SPAN = "span"
    MONEY = "money"
    SWITCH = "switch"
    """There or not."""
    EITHER = "either"
    """Yes, no, or not asked."""


class Filter(NamedTuple):
    """One filter. `name` is the key in a view; the option is the same with dashes."""

    name: str
    shape: Shape
    metavar: str
    help: str
    short: str | None = None
    choices: tuple[str, ...] = ()
    """Words to offer; those outside are accepted where the list is open."""

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")


#: States of our own actions, in the order in which they are passed through.
ACTION_STATES = (
    "planned", "sending", "doubtful", "queued", "pending", "done", "rejected", "expired", "withdrawn",
)  # fmt: skip

FILTERS: tuple[Filter, ...] = (
    Filter("status", Shape.WORDS, "STATUS", "In this status (repeatable, or a,b).", "-s", tuple(STATUSES)),
    Filter("line_status", Shape.WORDS, "STATUS", "With a line in this status (repeatable, or a,b).", None,
           tuple(STATUSES)),
    Filter("marketplace", Shape.WORDS, "GLOB", "On this marketplace, as amazon_fr or 'amazon_*' (repeatable).", "-m"),
    Filter("country", Shape.WORDS, "CODE", "Delivered to this country, as FR (repeatable)."),
    Filter("currency", Shape.WORDS, "CODE", "In this currency, as EUR (repeatable)."),
    Filter("since", Shape.DATE, "DATE", "Ordered at or after DATE."),
    Filter("until", Shape.DATE, "DATE", "Ordered before DATE; a day is included whole."),
    Filter("updated_since", Shape.DATE, "DATE", "Changed at or after DATE."),
    Filter("due_within", Shape.SPAN, "TIME", "Due within TIME, as 24h or 2d; overdue ones included."),
    Filter("overdue", Shape.SWITCH, "", "Due already."),
    Filter("min_total", Shape.MONEY, "AMOUNT", "Total of at least AMOUNT, in the order's currency."),
    Filter("max_total", Shape.MONEY, "AMOUNT", "Total of at most AMOUNT, in the order's currency."),
    Filter("sku", Shape.TEXTS, "GLOB", "With a product by this SKU, as 'TSHIRT-*' (repeatable)."),
    Filter("search", Shape.TEXT, "TEXT", "Words in numbers, names, e-mail, postcode, SKUs or titles."),
    Filter("type", Shape.WORDS, "TYPE", "Of this type (repeatable, or a,b).", None, tuple(TYPES)),
    Filter("imported", Shape.EITHER, "", "With, or without, a merchant order id."),
    Filter("action_state", Shape.WORDS, "STATE", "Whose latest action is in this state (repeatable, or a,b).", None,
           ACTION_STATES),
    Filter("carrier", Shape.TEXTS, "GLOB", "With a parcel by this carrier, as 'dhl*' (repeatable)."),
)  # fmt: skip

BY_NAME = {row.name: row for row in FILTERS}

#: Said wherever dates are explained.
DATES = (
    "DATE: 2026-11-01, 2026-11-01T08:00, today, yesterday, monday (the last one), -3d or -2h; "
    "without an offset it is local time."
)


def select(typed: Mapping[str, Typed], *, now: datetime, zone: tzinfo | None) -> Selection:
    """The selection that filters mean at `now`, dates without offset read in `zone` (None: the machine's).

    Raises UsageFault naming the filter whose value makes no sense, or two that contradict each other.
    """

    def get(name: str) -> Typed:
        return typed.get(name)

    since = _date("since", get("since"), now, zone)
    until = _date("until", get("until"), now, zone, end=True)
    least, most = _money("min_total", get("min_total")), _money("max_total", get("max_total"))
    if since and until and since >= until:
        raise UsageFault("--since is not before --until, so no order can match")
    if least is not None and most is not None and least > most:
        raise UsageFault("--min-total is more than --max-total, so no order can match")
    imported = get("imported")
    return Selection(
        statuses=_words("status", get("status"), str.lower),
        line_statuses=_words("line_status", get("line_status"), str.lower),
        marketplaces=_words("marketplace", get("marketplace"), str.lower),
        countries=_words("country", get("country"), str.upper),
        currencies=_words("currency", get("currency"), str.upper),
        since=since,
        until=until,
        updated_since=_date("updated_since", get("updated_since"), now, zone),
        due_before=_due(get("due_within"), get("overdue"), now),
        min_total=least,
        max_total=most,
        skus=_texts("sku", get("sku")),
        search=_search(get("search")),
        types=tuple(_type(word) for word in _words("type", get("type"), str.lower)),
        imported=imported if isinstance(imported, bool) else None,
        action_states=tuple(_state(word) for word in _words("action_state", get("action_state"), str.lower)),
        carriers=_texts("carrier", get("carrier")),
    )


def _each(value: Typed) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _words(name: str, value: Typed, fold: Callable[[str], str]) -> tuple[str, ...]:
    words = [word.strip() for text in _each(value) for word in text.split(",")]
    return _filled(name, [fold(word) for word in words if word], value)


def _texts(name: str, value: Typed) -> tuple[str, ...]:
    return _filled(name, [text for text in _each(value) if text.strip()], value)


def _filled(name: str, words: Iterable[str], value: Typed) -> tuple[str, ...]:
    """An empty value (`--status "$UNSET"`) is a mistake: taken for "no filter" it would mean every order."""
    kept = tuple(dict.fromkeys(words))
    if not kept and value not in (None, []):
        raise UsageFault(f"{BY_NAME[name].option} is empty")
    return kept


def _date(name: str, value: Typed, now: datetime, zone: tzinfo | None, *, end: bool = False) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        return read_date(value, now=now, zone=zone, end=end)
    except ValueError as fault:
        raise UsageFault(f"{BY_NAME[name].option}: {fault}") from fault


def _due(within: Typed, overdue: Typed, now: datetime) -> datetime | None:
    if overdue:
        return now
    if not isinstance(within, str):
        return None
    try:
        return now + read_span(within)
    except (ValueError, OverflowError) as fault:
        raise UsageFault(f"--due-within: {fault}") from fault


def _money(name: str, value: Typed) -> Decimal | None:
    if not isinstance(value, str):
        return None
    try:
        amount = Decimal(value.strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount.adjusted()) > 15:
        raise UsageFault(f"{BY_NAME[name].option}: {value!r} is not an amount; write it as 120 or 99.90")
    return amount


def _search(value: Typed) -> str | None:
    if isinstance(value, str) and not value.strip():
        raise UsageFault("--search is empty")
    return value if isinstance(value, str) else None


def _type(word: str) -> str:
    """Lengow's word for an order type, from ours or from its own."""
    return TYPES[word] if word in TYPES else word if word in TYPES.values() else _unknown("type", word)


def _state(word: str) -> str:
    return word if word in ACTION_STATES else _unknown("action_state", word)


def _unknown(name: str, word: str) -> NoReturn:
    known = ", ".join(BY_NAME[name].choices)
    raise UsageFault(f"{BY_NAME[name].option}: there is no {word!r}", hint=f"it is one of {known}")
