"""A pipe pays for no terminal: what must not be loaded is not."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

_HEAVY = ("rich", "httpx", "openpyxl", "sqlite_utils", "pydantic", "asyncio", "ssl", "xml")


def loaded(program: str) -> set[str]:
    """The heavy packages that a program of these lines has loaded at its end."""
    script = textwrap.dedent(program) + f"\nimport sys\nprint(*[name for name in {_HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_no_module_of_this_room_loads_anything_heavy() -> None:
    assert (
        loaded(
            """
            import importlib, pkgutil, lengowctl.output
            for module in pkgutil.iter_modules(lengowctl.output.__path__):
                importlib.import_module(f"lengowctl.output.{module.name}")
            """
        )
        == set()
    )


@pytest.mark.parametrize("module", ["csv", "tsv", "json", "jsonl", "ids", "plain", "table"])
def test_writing_to_a_pipe_loads_nothing_heavy(module: str) -> None:
    call = {
        "json": 'module.write(iter([\'{"a":"é"}\']), stream)',
        "jsonl": 'module.write(iter([\'{"a":"é"}\']), stream)',
        "ids": 'module.write(iter([("bol:1",)]), stream)',
        "plain": 'module.write(iter([("bol:1", "日本")]), ("ref", "customer"), stream, screen=screen)',
        "table": 'module.write(iter([("bol:1", "日本")]), ("ref", "customer"), stream, screen=screen)',
    }.get(module, 'module.write(iter([("bol:1", "日本\\x1b=")]), ("ref", "customer"), stream)')
    assert (
        loaded(
            f"""
            import io
            from datetime import UTC, datetime
            from lengowctl.output import {module} as module
            from lengowctl.output.screen import Screen
            stream, screen = io.StringIO(), Screen(datetime(2026, 1, 1, tzinfo=UTC))
            {call}
            assert stream.getvalue()
            """
        )
        == set()
    )


def test_a_page_in_a_pipe_loads_nothing_heavy() -> None:
    assert (
        loaded(
            """
            import io
            from datetime import UTC, datetime
            from lengowctl.output import flow
            from lengowctl.output.screen import Screen
            flow.render(io.StringIO(), Screen(datetime(2026, 1, 1, tzinfo=UTC)))
            """
        )
        == set()
    )
