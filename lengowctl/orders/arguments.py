"""One flag, one meaning: what a merchant says, and the name that a marketplace has for it.

Nothing here is checked against an order; `check` does that with what this module finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lengowctl.orders.marketplace import Action, Argument
from lengowctl.orders.verbs import REASONS


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag. `names` are what marketplaces call its meaning, the usual name first.

    `matters`: where a marketplace has no argument for it, the request would mean something else without it, so it is
    refused; other flags are left out there, and that is said.
    """

    name: str
    names: tuple[str, ...]
    meaning: str
    matters: bool = False

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")


def _table(*rows: Flag) -> dict[str, Flag]:
    return {row.name: row for row in rows}


#: Every flag that carries an argument, by name as a CSV heading or a JSON key spells it. `line` is in `Ask.lines`.
FLAGS: Mapping[str, Flag] = _table(
    Flag("carrier", ("carrier",), "the carrier, by the marketplace's code or label or by your own alias"),
    Flag("carrier_name", ("carrier_name", "custom_carrier"), "the carrier's name where the marketplace calls it Other"),
    Flag("tracking_number", ("tracking_number",), "the parcel's number"),
    Flag("tracking_url", ("tracking_url",), "where the parcel can be followed"),
    Flag("shipping_method", ("shipping_method",), "the way of shipping, as the marketplace names it"),
    Flag("shipping_date", ("shipping_date",), "when it left"),
    Flag("return_tracking_number", ("return_tracking_number",), "the number of the label for sending it back"),
    Flag("return_carrier", ("return_carrier",), "who takes it back"),
    Flag("reason", REASONS, "why, by code or label"),
    Flag("amount", ("refund_price",), "how much to pay back", matters=True),
    Flag(
        "shipping_amount", ("refund_shipping_price", "shipping_price", "refund_shipping_fees", "refund_shipping"),
        "how much of the shipping fee to pay back; yes or no where it is all or nothing", matters=True,
    ),
    Flag("comment", ("comment",), "words for the buyer or the marketplace"),
    Flag("from_country", ("expedition_country_code",), "the country that the parcel leaves from, two letters"),
)  # fmt: skip

LINE = "line"
#: What marketplaces call the number of pieces of a line.
QUANTITIES = ("quantity", "shipped_quantity", "cancel_quantity", "refund_quantity")

#: What an argument is where its description does not say (descriptions of past years do not).
_TYPES: Mapping[str, str] = {
    LINE: "line_number",
    **dict.fromkeys(QUANTITIES, "quantity"),
    **dict.fromkeys(("refund_price", "refund_shipping_price", "shipping_price"), "decimal"),
    **dict.fromkeys(("shipping_date", "delivery_date"), "datetime"),
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What a merchant asks of one order, in flags.

    `given`: by the names in `FLAGS`, empty texts count as not given. `extra`: by the marketplace's own names
    (`--arg NAME=VALUE`); an empty value there says "deliberately without". `lines`: ids of lines, each with a
    number of pieces or None for all of it; empty means the whole order. `as_sent`: it was sent like that before, so
    that what was left out then was left out deliberately.
    """

    action: str
    given: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[tuple[str, int | None], ...] = ()
    as_sent: bool = False


def flag_named(heading: str) -> Flag | None:
    """The flag that a heading or key names: `Tracking-Number`, `tracking_number` and `--tracking-number` are one."""
    return FLAGS.get(heading.strip().lower().lstrip("-").replace("-", "_").replace(" ", "_"))


def argument_named(action: Action, name: str) -> Argument | None:
    """The argument of `action` by the marketplace's own name."""
    return next((argument for argument in action.arguments if argument.name == name), None)


def argument_for(action: Action, names: tuple[str, ...]) -> Argument | None:
    """The argument of `action` that has one of `names`: a required one first, else the first that is listed."""
    listed = [found for name in names if (found := argument_named(action, name))]
    return next((argument for argument in listed if argument.required), listed[0] if listed else None)


def quantity_of(action: Action) -> Argument | None:
    """The argument for a number of pieces, or None where an action takes a line as a whole only."""
    return argument_for(action, QUANTITIES)


def type_of(argument: Argument) -> str:
    """`line_number`, `quantity`, `integer`, `decimal`, `boolean`, `datetime`, or `text` for all else."""
    said = (argument.type or "").lower()
    if said in ("", "string", "list", "text"):
        return "boolean" if _is_yes_or_no(argument) else _TYPES.get(argument.name, "text")
    return said if said in ("line_number", "quantity", "integer", "decimal", "boolean", "datetime") else "text"


def option_of(name: str) -> str:
    """How a merchant gives the argument that a marketplace calls `name`: its flag, else `--arg NAME=…`."""
    if name == LINE or name in QUANTITIES:
        return "--line"
    return next((flag.option for flag in FLAGS.values() if name in flag.names), f"--arg {name}=…")


def _is_yes_or_no(argument: Argument) -> bool:
    return {code.lower() for code, _ in argument.values} == {"true", "false"}
