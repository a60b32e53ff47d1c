"""What Typer says of a mistyped command line, in one sentence of ours and a hint."""

from __future__ import annotations

import re
from typing import Any

from lengowctl.errors import UsageFault
from lengowctl.orders.nearest import nearest

#: Typer's words, and ours. Others pass with a small first letter and no full stop.
_WORDS = (
    (re.compile(r"Got unexpected extra argument\(s\) \((.*)\)", re.DOTALL), r"nothing more is expected here: \1"),
    (re.compile(r"Option '(.*)' requires an argument\.?", re.DOTALL), r"\1 needs a value"),
    (re.compile(r"Option '(.*)' does not take a value\.?", re.DOTALL), r"\1 takes no value"),
    (re.compile(r"(.*) is not a valid int(?:eger)?\.?", re.DOTALL), r"\1 is not a whole number"),
)


def explain(mistake: Any) -> UsageFault:
    """Our words for a usage error; the context, where there is one, tells which command was meant."""
    context = mistake.ctx
    path = context.command_path if context else "lengowctl"
    hint = f"{path} --help shows how it is used"
    option = getattr(mistake, "option_name", None)
    if option and hasattr(mistake, "possibilities"):
        return UsageFault(f"{path} has no option {option}", hint=_near_option(option, context) or hint)
    parameter = getattr(mistake, "param", None)
    if parameter is not None:
        return UsageFault(_of_parameter(mistake, parameter), hint=hint)
    return UsageFault(_sentence(mistake.format_message()), hint=hint)


def _near_option(option: str, context: Any) -> str | None:
    if context is None:
        return None
    known = [flag for p in context.command.get_params(context) for flag in (*p.opts, *p.secondary_opts)]
    near = nearest(option, [flag for flag in known if flag.startswith("--")])
    return f"did you mean {near}?" if near else None


def _of_parameter(mistake: Any, parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    name = max(parameter.opts, key=len) if is_option else str(parameter.metavar or parameter.name).upper()
    if hasattr(mistake, "param_type"):  # it is missing
        return f"{name} is missing"
    return f"{name}: {_sentence(mistake.message)}"


def _sentence(text: str) -> str:
    text = text.strip()
    for pattern, ours in _WORDS:
        if pattern.fullmatch(text):
            return pattern.sub(ours, text)
    text = text.rstrip(".")
    return text[:1].lower() + text[1:]
