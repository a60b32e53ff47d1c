"""Which lines of an order an action goes to: the whole order, or lines with a number of pieces each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lengowctl.orders.arguments import LINE, argument_named, quantity_of
from lengowctl.orders.marketplace import Action, Marketplace
from lengowctl.orders.model import Line, Order
from lengowctl.orders.quirks import Rule
from lengowctl.orders.reason import About, Reason
from lengowctl.orders.status import name_of
from lengowctl.orders.unwritten import concerns

#: A line in one of these is over, unless the action is for such lines.
_OVER = frozenset({"shipped", "closed", "refused", "canceled", "refunding", "refunded"})
#: A line in one of these is not ready yet, unless the action is for such lines.
_EARLY = frozenset({"new", "waiting_acceptance"})


@dataclass(frozen=True, slots=True)
class Target:
    """One request's share of an order. `line` None: the whole order, which needs no line. `pieces` None: all of it,
    which needs no number. `named` False: the marketplace takes no line, and the line is all there is.
    """

    line: Line | None = None
    pieces: int | None = None
    named: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """The shares, and what is against them or worth saying."""

    targets: tuple[Target, ...]
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What the choice depends on. `taken`: pieces that earlier requests of this action took already, by line id."""

    marketplace: Marketplace
    order: Order
    action: Action
    rules: tuple[Rule, ...]
    taken: Mapping[str, int]

    @property
    def takes_lines(self) -> bool:
        return argument_named(self.action, LINE) is not None

    @property
    def needs_line(self) -> bool:
        described = argument_named(self.action, LINE)
        if described is None:
            return False
        unconditional = (
            LINE in rule.needs and concerns(rule, self.marketplace, self.action.name) for rule in self.rules
        )
        return described.required or any(unconditional)

    def left(self, line: Line) -> int:
        return line.quantity - self.taken.get(line.line_id, 0)

    def objection(self, line: Line) -> str | None:
        """Why the line's own status does not take the action; an unknown word is no objection."""
        status = line.status
        if status is None or status in self.action.statuses or status not in _OVER | _EARLY:
            return None
        return f"line {line.line_id} is {name_of(status).lower()}"


def scope_of(setting: Setting, lines: tuple[tuple[str, int | None], ...]) -> Scope:
    """The shares of the request: the named lines, or with none named the order.

    A whole order goes as one request. Where an action wants a line, the only line of an order is filled in, and with
    several each has to be named. Where some lines are over and the marketplace takes lines, it goes to each of the
    others, and that is said.
    """
    return _named(setting, lines) if lines else _whole(setting)


def _whole(setting: Setting) -> Scope:
    lines = setting.order.lines
    ready = [line for line in lines if setting.objection(line) is None]
    if lines and not ready:
        told = "; ".join(filter(None, map(setting.objection, lines)))
        return Scope((Target(),), (Reason(About.STATUS, f"no line is left to {setting.action.name}: {told}"),))
    if setting.needs_line:
        return _only_line(setting, ready)
    if len(ready) == len(lines):
        return Scope((Target(),))
    return _mixed(setting, ready)


def _only_line(setting: Setting, ready: list[Line]) -> Scope:
    lines = setting.order.lines
    if len(lines) == 1:
        return _piecewise(setting, lines[0], None)
    ids = tuple(line.line_id for line in ready)
    options = " or ".join(f"--line {line_id}" for line_id in ids[:12]) or "--line"
    sentence = f"{setting.marketplace.name} wants one line for each {setting.action.name}: say {options}"
    if len(ids) > 1:
        sentence += ", or several of them"
    return Scope((), (Reason(About.LINE, sentence, LINE, ids),))


def _mixed(setting: Setting, ready: list[Line]) -> Scope:
    rest = [line for line in setting.order.lines if line not in ready]
    told = "; ".join(filter(None, map(setting.objection, rest)))
    if setting.takes_lines:
        scopes = [_piecewise(setting, line, None) for line in ready]
        return _joined(scopes, (f"{told}; the action goes to the other lines only",))
    early = any(line.status in _EARLY for line in rest)
    if early:
        name = setting.marketplace.name
        sentence = f"{told}, and {name} knows no lines for {setting.action.name}: wait until all of it is ready"
        return Scope((Target(),), (Reason(About.STATUS, sentence),))
    return Scope((Target(),), (), (f"{told}; the action goes to the order as a whole",))


def _named(setting: Setting, asked: tuple[tuple[str, int | None], ...]) -> Scope:
    known = {line.line_id: line for line in setting.order.lines}
    scopes = []
    seen: set[str] = set()
    for line_id, pieces in asked:
        line = known.get(line_id)
        if line is None:
            ids = tuple(known)
            told = f"there is no line {line_id} in this order; it has {', '.join(ids[:12]) or 'none'}"
            scopes.append(Scope((), (Reason(About.LINE, told, LINE, ids),)))
        elif line_id in seen:
            scopes.append(Scope((), (Reason(About.LINE, f"line {line_id} is named twice", LINE),)))
        else:
            scopes.append(_one(setting, line, pieces))
        seen.add(line_id)
    return _joined(scopes)


def _one(setting: Setting, line: Line, pieces: int | None) -> Scope:
    whole = pieces is None or pieces == line.quantity
    if not setting.takes_lines and not (whole and len(setting.order.lines) == 1):
        name = setting.marketplace.name
        told = f"{name} takes no lines for {setting.action.name}: it goes to the whole order or not at all"
        return Scope((), (Reason(About.LINE, told, LINE),))
    return _piecewise(setting, line, pieces)


def _piecewise(setting: Setting, line: Line, asked: int | None) -> Scope:
    """A line with its number of pieces: checked, and filled in where the marketplace wants one or where earlier
    requests have taken some. Left out where the marketplace counts no pieces and all of the line is meant.
    """
    argument = quantity_of(setting.action)
    taken = setting.taken.get(line.line_id, 0)
    pieces = asked if argument else None
    if argument and asked is None and (argument.required or taken):
        pieces = setting.left(line)
    target = Target(line, pieces, named=setting.takes_lines)
    return Scope((target,), tuple(_against(setting, line, asked)))


def _against(setting: Setting, line: Line, pieces: int | None) -> Iterator[Reason]:
    objection = setting.objection(line)
    if objection:
        yield Reason(About.STATUS, f"{objection}; nothing is left to {setting.action.name} there", LINE)
    argument = quantity_of(setting.action)
    if argument is None:
        if pieces is not None and pieces != line.quantity:
            name, action = setting.marketplace.name, setting.action.name
            told = (
                f"{name} takes no number of pieces for {action}: it goes to all {line.quantity} of line {line.line_id}"
            )
            yield Reason(About.LINE, told, LINE)
        return
    left = setting.left(line)
    asked = left if pieces is None else pieces
    if not 1 <= asked <= left:
        of = f" of {line.quantity}" if left != line.quantity else ""
        told = f"line {line.line_id} has {max(left, 0)}{of} left; {asked} cannot be asked for"
        yield Reason(About.LINE, told, argument.name)


def _joined(scopes: list[Scope], warnings: tuple[str, ...] = ()) -> Scope:
    return Scope(
        tuple(target for scope in scopes for target in scope.targets),
        tuple(reason for scope in scopes for reason in scope.reasons),
        warnings,
    )
