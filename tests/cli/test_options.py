"""Options that several verbs share: from the words of a command line to values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lengowctl.cli.main import root, run
from lengowctl.cli.options import Filters, Layout, Listing
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.table import Section, Verb
from lengowctl.orders.fields import DEFAULT_PIPE, DEFAULT_TABLE
from lengowctl.orders.selection import NEWEST, Selection, Sort
from lengowctl.output.formats import Format

from ..running import NOON, Result, Shell

VIEWS = """
[profiles.main]
[views.urgent]
status = ["waiting_shipment"]
marketplace = "amazon_*"
due_within = "24h"
columns = ["ref", "due_at"]
sort = "due_at,-total"
limit = 3
"""


class Seen(Runtime):
    """A runtime that keeps what the verb made of the options."""

    selection: Selection
    layout: Layout
    given: bool


def look(runtime: Runtime, filters: Filters, listing: Listing) -> None:
    """Look."""
    selection, layout = filters.selection(runtime), listing.layout(runtime, filters.view(runtime))
    if isinstance(runtime, Seen):
        runtime.given, runtime.selection, runtime.layout = filters.given, selection, layout


COMMAND = root((Section("Orders", (Verb("look", f"{__name__}:look", "Look."),)),))


def seen(tmp_path: Path, *words: str, tty: bool = False) -> Seen:
    shell = Shell(tmp_path)
    shell.write_config(VIEWS)
    runtime = Seen(shell.machine(tty=tty))
    assert run(("look", *words), runtime, COMMAND) == 0
    return runtime


def look_out(tmp_path: Path, *words: str, tty: bool = False) -> Result:
    shell = Shell(tmp_path, command=COMMAND)
    shell.write_config(VIEWS)
    return shell("look", *words, tty=tty)


def test_nothing_typed(tmp_path: Path) -> None:
    runtime = seen(tmp_path)
    assert (runtime.selection, runtime.given) == (Selection(), False)
    assert runtime.layout == Layout(Format.TSV, DEFAULT_PIPE, NEWEST, None)


def test_a_terminal_gets_a_table_of_fifty(tmp_path: Path) -> None:
    assert seen(tmp_path, tty=True).layout == Layout(Format.TABLE, DEFAULT_TABLE, NEWEST, 50, cut=True)


@pytest.mark.parametrize(
    ("words", "tty", "format", "limit", "cut"),
    [
        (["-n", "7"], True, Format.TABLE, 7, False),
        (["-n", "0"], True, Format.TABLE, None, False),
        (["-o", "csv"], True, Format.CSV, None, False),
        (["-o", "table"], False, Format.TABLE, None, False),
        (["--format=json", "--limit=2"], False, Format.JSON, 2, False),
        (["--view", "urgent"], True, Format.TABLE, 3, False),
        (["--view", "urgent", "-n0"], True, Format.TABLE, None, False),
    ],
)
def test_formats_and_limits(
    tmp_path: Path, words: list[str], tty: bool, format: Format, limit: int | None, cut: bool
) -> None:
    layout = seen(tmp_path, *words, tty=tty).layout
    assert (layout.format, layout.limit, layout.cut) == (format, limit, cut)


def test_every_filter_has_its_option(tmp_path: Path) -> None:
    words = [
        "-s", "shipped,closed", "--status", "new", "--line-status", "shipped", "-m", "amazon_*", "--country", "fr",
        "--currency", "EUR", "--since", "2026-11-01", "--until", "yesterday", "--updated-since", "-3d",
        "--due-within", "24h", "--min-total", "1", "--max-total", "2.50", "--sku", "A*", "--search", "dupont",
        "--type", "prime", "--not-imported", "--action-state", "doubtful", "--carrier", "dhl*",
    ]  # fmt: skip
    runtime = seen(tmp_path, *words)
    assert runtime.given
    assert runtime.selection == Selection(
        statuses=("shipped", "closed", "new"),
        line_statuses=("shipped",),
        marketplaces=("amazon_*",),
        countries=("FR",),
        currencies=("EUR",),
        since=datetime(2026, 11, 1, tzinfo=UTC),
        until=datetime(2026, 11, 23, tzinfo=UTC),
        updated_since=NOON - timedelta(days=3),
        due_before=NOON + timedelta(hours=24),
        min_total=Decimal(1),
        max_total=Decimal("2.50"),
        skus=("A*",),
        search="dupont",
        types=("is_prime",),
        imported=False,
        action_states=("doubtful",),
        carriers=("dhl*",),
    )
    assert seen(tmp_path, "--imported", "--overdue").selection == Selection(imported=True, due_before=NOON)


def test_a_view_is_completed_and_overruled_by_what_is_typed(tmp_path: Path) -> None:
    runtime = seen(tmp_path, "--view", "urgent", "-m", "fnac", "--country", "FR", "--columns", "ref,total")
    assert runtime.selection == Selection(
        statuses=("waiting_shipment",),
        marketplaces=("fnac",),
        countries=("FR",),
        due_before=NOON + timedelta(hours=24),
    )
    assert runtime.layout == Layout(Format.TSV, ("ref", "total"), (Sort("due_at"), Sort("total", True)), 3)
    assert seen(tmp_path, "--view", "urgent").layout.columns == ("ref", "due_at")


def test_the_first_of_two_equal_sort_keys_counts(tmp_path: Path) -> None:
    assert seen(tmp_path, "--sort=-total,ref,total").layout.sort == (Sort("total", True), Sort("ref"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["-o", "jso"],
            "--format: there is no format 'jso' here\n  did you mean json? there are table, csv, tsv, json, ",
        ),
        (["--columns", "totl"], "there is no column 'totl'\n  did you mean total? --columns help lists them all"),
        (["--columns", ","], "--columns is empty\n  --columns help lists them all"),
        (["--sort", "-totl"], "there is no column 'totl'"),
        (["--sort", ""], "--sort is empty"),
        (["-n", "-1"], "--limit is less than 0\n  0 means all"),
        (["-n", "x"], "--limit: 'x' is not a whole number"),
        (["-s", ""], "--status is empty"),
        (["--since", "soon"], "--since: 'soon' is not a date"),
        (["--type", "fast"], "--type: there is no 'fast'\n  it is one of express, prime, business, fulfilled"),
    ],
)
def test_a_value_without_sense_is_usage(tmp_path: Path, words: list[str], says: str) -> None:
    result = look_out(tmp_path, *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"lengowctl: {says}")


def test_an_unknown_view_is_told_the_nearest(tmp_path: Path) -> None:
    result = look_out(tmp_path, "--view", "urgnet")
    assert result.code == 2
    assert result.err == "lengowctl: there is no view 'urgnet'\n  did you mean urgent? there is urgent\n"


def test_columns_help_lists_them_all(tmp_path: Path) -> None:
    result = look_out(tmp_path, "--columns", "help")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[:3] == ["ref", "profile", "marketplace"]
    assert "due_at                    Due" in look_out(tmp_path, "--columns", "help", tty=True).out


def test_an_unknown_status_passes_with_a_word_of_warning(tmp_path: Path) -> None:
    result = look_out(tmp_path, "-s", "shiped")
    assert (result.code, result.err) == (
        0,
        "lengowctl: warning: no order has the status shiped; did you mean shipped?\n",
    )


def test_the_help_explains_dates(tmp_path: Path) -> None:
    assert "without an offset it is local time" in " ".join(look_out(tmp_path, "--help").out.split())
