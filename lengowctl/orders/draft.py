"""From flags to a marketplace's arguments: each one named, read and filled in, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lengowctl.orders.arguments import (
    FLAGS,
    LINE,
    QUANTITIES,
    Ask,
    Flag,
    argument_for,
    argument_named,
    option_of,
)
from lengowctl.orders.carriers import near_names
from lengowctl.orders.marketplace import Action, Argument, Marketplace
from lengowctl.orders.quirks import FREE_CARRIERS, fits
from lengowctl.orders.reason import About, Reason, shown
from lengowctl.orders.tracking import tidied
from lengowctl.orders.unwritten import speaks
from lengowctl.orders.values import Reading, choices_of, match_of, moment_text, read_value

#: The arguments that hold parcels' numbers, each with those that name its carrier.
NUMBERS = (
    ("tracking_number", ("carrier", "carrier_name", "custom_carrier")),
    ("return_tracking_number", ("return_carrier",)),
)


@dataclass
class Draft:
    """The arguments of a request while they are gathered, all but the line and its pieces."""

    arguments: dict[str, str] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    waived: set[str] = field(default_factory=set)
    """Arguments that were given an empty value on purpose."""


def draft_of(action: Action, ask: Ask, reading: Reading, from_country: str | None) -> Draft:
    """What `ask` comes to for `action`, without regard to any order. Never raises."""
    draft = Draft()
    for name, text in ask.given.items():
        if text.strip():
            _give(draft, action, name, text, reading)
    for name, text in ask.extra.items():
        _give_extra(draft, action, name, text, replace(reading, exact=True))
    _fill(draft, action, reading, from_country)
    _tidy(draft, ask, action, reading.marketplace)
    if ask.as_sent:
        draft.waived |= {argument.name for argument in action.arguments}
    return draft


def carrier_names(
    arguments: Mapping[str, str], carriers: tuple[str, ...], action: Action, marketplace: Marketplace
) -> list[str]:
    """The codes in the arguments called `carriers`, and their labels, as far as there are any."""
    codes = [(name, arguments[name]) for name in carriers if arguments.get(name)]
    return [code for _, code in codes] + [_label(name, code, action, marketplace) for name, code in codes]


def _label(name: str, code: str, action: Action, marketplace: Marketplace) -> str:
    described = argument_named(action, name)
    listed = (*(described.values if described else ()), *marketplace.carriers)
    return next((label for known, label in listed if known == code), "")


def _tidy(draft: Draft, ask: Ask, action: Action, marketplace: Marketplace) -> None:
    """Leave out what parcels' numbers are printed with and carriers do not count, and say so."""
    for name, carriers in NUMBERS:
        number = draft.arguments.get(name, "")
        if name in ask.given and number:
            draft.arguments[name] = tidied(number, carrier_names(draft.arguments, carriers, action, marketplace))
            if draft.arguments[name] != number:
                draft.warnings.append("spaces and dashes in a parcel's number are left out: the carrier counts none")


def missing(action: Action, arguments: Mapping[str, str], marketplace: Marketplace) -> list[Reason]:
    """The required arguments that have no value, each with what it may be. A default of the marketplace's is told,
    never sent."""
    return [
        _missing(argument, marketplace)
        for argument in action.arguments
        if argument.required and not arguments.get(argument.name)
    ]


def _missing(argument: Argument, marketplace: Marketplace) -> Reason:
    choices = choices_of(argument, marketplace)
    told = f"{argument.name} is required: give {option_of(argument.name)}"
    if argument.name in FLAGS["from_country"].names:
        told += ", or set from_country in the configuration"
    if choices:
        told += f"; valid are {shown(choices)}"
    if argument.default:
        told += f" (the marketplace proposes {argument.default})"
    return Reason(About.ARGUMENT, told, argument.name, tuple(code for code, _ in choices))


def _give(draft: Draft, action: Action, name: str, text: str, reading: Reading) -> None:
    flag = FLAGS.get(name)
    if flag is None:
        known = near_names(name, FLAGS)
        near = f"; did you mean {', '.join(known)}?" if known else ""
        draft.reasons.append(Reason(About.ARGUMENT, f"{name!r} is no argument that lengowctl knows{near}", name))
        return
    argument = argument_for(action, flag.names)
    if argument is None:
        _left_out(draft, action, flag, reading.marketplace)
    elif not _as_free_carrier(draft, action, argument, text, reading):
        _put(draft, argument, text, reading)


def _left_out(draft: Draft, action: Action, flag: Flag, marketplace: Marketplace) -> None:
    """A flag that the marketplace has no argument for: left out and said, or refused where it would change the
    meaning: a refund with an amount, where amounts are not taken, is a refund of everything."""
    takes = ", ".join(argument.name for argument in action.arguments) or "no arguments"
    told = f"{marketplace.name} takes no {flag.option} for {action.name}"
    if flag.matters:
        draft.reasons.append(Reason(About.ARGUMENT, f"{told}, so it would mean all of it; it takes {takes}", flag.name))
    else:
        draft.warnings.append(f"{told}; it is left out")


def _as_free_carrier(draft: Draft, action: Action, argument: Argument, text: str, reading: Reading) -> bool:
    """A carrier that the marketplace neither lists nor has anything like goes where it takes names, if anywhere."""
    if argument.name != "carrier" or argument.required:
        return False
    rows = (row for row in FREE_CARRIERS if _is_of(row[0], row[1], reading.marketplace))
    free = next((found for row in rows if (found := argument_named(action, row[2]))), None)
    match = match_of(argument, text, reading)
    if free is None or match.code is not None or match.near:
        return False
    _put(draft, free, text, reading)
    return True


def _is_of(globs: str, word: str, marketplace: Marketplace) -> bool:
    return speaks(marketplace, word) if word else fits(marketplace.code, globs)


def _give_extra(draft: Draft, action: Action, name: str, text: str, reading: Reading) -> None:
    argument = argument_named(action, name)
    if argument is None:
        draft.reasons.append(_unknown(action, name, reading.marketplace))
    elif not text.strip():
        draft.waived.add(name)
    else:
        _put(draft, argument, text, reading)


def _unknown(action: Action, name: str, marketplace: Marketplace) -> Reason:
    names = tuple(argument.name for argument in action.arguments)
    known = near_names(name, names)
    near = f"; did you mean {', '.join(known)}?" if known else f"; it has {', '.join(names) or 'none'}"
    told = f"--arg {name}: {marketplace.name} has no such argument for {action.name}{near}"
    return Reason(About.ARGUMENT, told, name, names)


def _put(draft: Draft, argument: Argument, text: str, reading: Reading) -> None:
    value = read_value(argument, text, reading)
    before = draft.arguments.get(argument.name)
    if isinstance(value, Reason):
        draft.reasons.append(value)
    elif before is not None and before != value:
        told = f"{argument.name} is given twice, as {before!r} and as {value!r}"
        draft.reasons.append(Reason(About.ARGUMENT, told, argument.name))
    else:
        draft.arguments[argument.name] = value


def _fill(draft: Draft, action: Action, reading: Reading, from_country: str | None) -> None:
    """What may be filled in where it is required and was not given: the country that parcels leave from, as the
    configuration has it, and the moment of shipping, which is now."""
    country = argument_for(action, FLAGS["from_country"].names)
    if country and country.required and from_country and country.name not in draft.arguments:
        _put(draft, country, from_country, reading)
    date = argument_named(action, "shipping_date")
    if date and date.required and date.name not in draft.arguments and not _asked_for(draft, date.name):
        draft.arguments[date.name] = moment_text(reading.now)


def _asked_for(draft: Draft, name: str) -> bool:
    return name in draft.waived or any(reason.argument == name for reason in draft.reasons)


def with_lines(ask: Ask, only_line: str | None) -> tuple[Ask, Reason | None]:
    """`ask` with a line or pieces that came as `--arg` where lines belong. `only_line`: the line of an order that has
    one. The reason when that cannot be understood."""
    wanted = {name: text.strip() for name, text in ask.extra.items() if name in (LINE, *QUANTITIES) and text.strip()}
    if not wanted:
        return ask, None
    extra = {name: text for name, text in ask.extra.items() if name not in wanted}
    line = wanted.pop(LINE, None) or only_line
    pieces = next(iter(wanted.values()), None)
    told = None
    if ask.lines:
        told = "lines are given twice, with --line and with --arg"
    elif line is None:
        told = f"--arg {next(iter(wanted))}: say of which line, with --line LINE=QTY"
    elif pieces is not None and not (pieces.isascii() and pieces.isdecimal() and len(pieces) < 10):
        told = f"{pieces!r} is not a number of pieces; write it as --line {line}=2"
    if told or line is None:
        return ask, Reason(About.LINE, told or "", LINE)
    return replace(ask, extra=extra, lines=((line, int(pieces) if pieces else None),)), None
