"""config.example.toml, made from the table of settings."""

from __future__ import annotations

from textwrap import fill

from lengowctl.config.table import KEYS, PRODUCTION, Scope, keys_of
from lengowctl.orders.filters import FILTERS

_HEAD = """\
# Configuration of lengowctl. `lengowctl config path` tells where this file belongs; `lengowctl init` writes one.
# An option is stronger than the environment, the environment than this file, this file than a default.
# Every setting is here; the lines that begin with "# " and a name show it with its default or an example.
"""
_VIEWS = """
# A view is a named set of filters and columns: lengowctl list --view urgent. Its keys are the filters'
# options with _ for -, and columns, sort and limit.
[views.urgent]
status = ["waiting_acceptance", "waiting_shipment"]
due_within = "24h"
columns = ["ref", "status", "due_at", "total", "customer"]
sort = "due_at"
"""
_REST = """
# Your own names of carriers, for --carrier: one name everywhere, or one for each marketplace (globs; "*" is the rest).
# [carriers]
# post = "Colissimo"
# dpd = { amazon_fr = "DPD", "*" = "DPD France" }

# Kept for commands to come: rules of automatic acceptance, the back office.
# [[rules]]
# [handoff]
"""


def example() -> str:
    """The whole file; it can be read as it stands."""
    top = "".join(f"\n{_explained(key.help)}{key.name} = {key.example}\n" for key in keys_of(Scope.TOP).values())
    profile = "\n".join(_line(key.name, key.help, key.example, key.fixed) for key in keys_of(Scope.PROFILE).values())
    variables = "\n".join(f"#   {key.variable:<26}{key.help.partition(';')[0]}" for key in KEYS if key.variable)
    filters = _explained(f"Filters: {', '.join(row.name for row in FILTERS)}.")
    around = f"\n# Variables of the environment, stronger than what this file says:\n{variables}\n"
    keys = f"# Keys from the environment alone make the profile env, at {PRODUCTION} unless told otherwise.\n"
    return f"{_HEAD}{around}{keys}{top}\n[profiles.main]\n{profile}\n{_VIEWS}{filters}{_REST}"


def _line(name: str, help: str, value: str, fixed: bool) -> str:
    return f"{_explained(help)}{'' if fixed else '# '}{name} = {value}\n"


def _explained(text: str) -> str:
    text = text[:1].upper() + text[1:].rstrip(".") + "."
    return fill(text, 110, initial_indent="# ", subsequent_indent="# ") + "\n"
