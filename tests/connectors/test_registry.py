"""Connectors by name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lengowctl.connectors.registry import CONNECTORS, entry, load
from lengowctl.errors import UsageFault


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_part_is_where_the_table_says(name: str) -> None:
    assert [load(place).__name__ for place in (entry(name).client, entry(name).reader)] == [
        "LengowClient",
        "LengowReader",
    ]


def test_an_unknown_name_gets_the_known_ones() -> None:
    with pytest.raises(UsageFault) as caught:
        entry("mirakl")
    assert (caught.value.message, caught.value.hint) == ("there is no connector 'mirakl'", "known: lengow")


@pytest.mark.parametrize("module", ["base", "secret", "origin", "registry", "budget", "lengow.wire"])
def test_what_offline_commands_import_loads_no_network(module: str) -> None:
    loaded = "[name for name in ('httpx', 'ssl', 'asyncio', 'rich') if name in sys.modules]"
    code = f"import sys, lengowctl.connectors.{module}; print({loaded})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
