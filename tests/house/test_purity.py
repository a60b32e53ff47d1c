"""The middle is pure: orders and rules know the standard library, and of that nothing that touches the world."""

from __future__ import annotations

import sys

import pytest

from .source import calls, imports, modules, room

PURE = {"orders", "rules", "reports", "errors"}
#: What of the standard library a pure room may use.
HARMLESS = {
    "__future__", "bisect", "collections", "dataclasses", "datetime", "decimal", "difflib", "enum", "fnmatch",
    "functools", "hashlib", "itertools", "json", "math", "operator", "re", "string", "textwrap", "types", "typing",
    "unicodedata", "urllib",
}  # fmt: skip
WORLDLY_CALLS = {"open", "print", "input", "exec", "eval", "compile", "__import__", "breakpoint", "exit", "quit"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "datetime.datetime.now"}


def test_pure_rooms_import_nothing_that_touches_the_world() -> None:
    wrong = [
        f"{name}:{line} imports {imported}"
        for name, tree in modules().items()
        if room(name) in PURE
        for imported, line in imports(tree)
        if imported.partition(".")[0] not in HARMLESS | {"lengowctl"}
        or (imported.startswith("urllib") and not imported.startswith("urllib.parse"))
    ]
    assert wrong == []


def test_pure_rooms_do_nothing_to_the_world() -> None:
    wrong = [
        f"{name}:{call.lineno} calls {called}"
        for name, tree in modules().items()
        if room(name) in PURE
        for called, call in calls(tree)
        if called in WORLDLY_CALLS | CLOCKS
    ]
    assert wrong == []


def test_the_sandbox_needs_the_standard_library_alone() -> None:
    wrong = [
        f"{name}:{line} imports {imported}"
        for name, tree in modules().items()
        if room(name) == "sandbox"
        for imported, line in imports(tree)
        if imported.partition(".")[0] not in sys.stdlib_module_names and room(imported) != "sandbox"
    ]
    assert wrong == []


@pytest.mark.parametrize("allowed", [{"lengowctl.__main__", "lengowctl.cli.machine", "lengowctl.sandbox.clock"}])
def test_only_the_machine_and_the_sandbox_look_at_the_clock(allowed: set[str]) -> None:
    """Elsewhere the time is an argument. The front door answers completion before a machine is made."""
    wrong = [
        f"{name}:{call.lineno} calls {called}"
        for name, tree in modules().items()
        if name not in allowed
        for called, call in calls(tree)
        if called in CLOCKS
    ]
    assert wrong == []
