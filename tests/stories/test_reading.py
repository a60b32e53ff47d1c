"""What a script author relies on who reads the cache and never the source."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lengowctl.cli.machine import Nowhere
from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime

from ..running import Shell


@pytest.fixture
def sandbox(shell: Shell) -> Shell:
    """A shell whose profile is the sandbox."""
    shell.env = {"LENGOWCTL_PROFILE": "sandbox"}
    return shell


def test_before_the_first_sync_is_whole_every_answer_says_so(sandbox: Shell) -> None:
    """One marketplace was read by itself: its orders are shown, and monitoring is told why that is not all."""
    sandbox("sync", "--since", "-400d", "-m", "fnac")
    hole = "the first sync has not come to its end"
    listed = sandbox("list", "-o", "count")
    assert listed.code == 0
    assert int(listed.out) > 0
    assert listed.err == f"lengowctl: warning: {hole}; to fill it: lengowctl sync\n"
    checked = sandbox("status", "--check")
    assert (checked.code, checked.out.partition(" | ")[0].split("; ")[-1]) == (2, hole)
    assert checked.out.startswith("CRITICAL - the cache is not complete")


def test_a_page_is_a_table_or_json(sandbox: Shell) -> None:
    """`status` and `db info` take the format words of every other command; times are the reader's on a terminal."""
    sandbox("sync")
    for words in (("status",), ("db", "info")):
        assert _standing(sandbox(*words, "-o", "table").out) == _standing(sandbox(*words).out) != []
        assert json.loads(sandbox(*words, "-o", "json").out)
        assert sandbox(*words, "-o", "yaml").code == 2
    assert "updates from 25 Aug 11:59 to 23 Nov 11:59" in sandbox("status", tty=True).out
    assert "covered       updates from 2026-08-25T11:59:00Z" in sandbox("status").out


def _standing(page: str) -> list[str]:
    """The page without the room on the disk, which others use meanwhile."""
    return [line for line in page.splitlines() if not line.startswith("free ")]


def test_a_marketplace_that_is_none_is_told(sandbox: Shell) -> None:
    """It is no error, for scripts; but a typing error must not look like a day without orders."""
    sandbox("sync")
    warning = "lengowctl: warning: no marketplace is called"
    assert sandbox("list", "-m", "amazon", "-o", "count").err == f"{warning} amazon; did you mean 'amazon*'?\n"
    assert sandbox("list", "-m", "fnacc,bol", "-o", "count").err == f"{warning} fnacc; did you mean fnac?\n"
    unknown = sandbox("export", "-m", "xyz", "--columns", "ref")
    assert unknown == type(unknown)(0, "ref\r\n", f"{warning} xyz; lengowctl marketplaces list names them\n")
    assert sandbox("list", "-m", "amazon_*,bol", "-o", "count").err == ""


def test_an_export_offers_what_it_can_write_and_nothing_else(sandbox: Shell, tmp_path: Path) -> None:
    sandbox("sync")
    assert "csv|tsv|json|jsonl|xlsx" in sandbox("export", "--help").out
    assert sandbox("export", "-o", "xlsx", "--to", str(tmp_path / "orders.dat"), "-n", "2").code == 0
    assert (tmp_path / "orders.dat").read_bytes().startswith(b"PK")
    for words, says in (
        (("-o", "ids"), "--format: there is no format 'ids' here"),
        (("--to", ""), "--to is empty"),
        (("--bom", "-o", "tsv"), "--bom is for CSV, and this is tsv"),
        (("--decimal-comma", "--to", "x.json"), "--decimal-comma is for CSV, and this is json"),
    ):
        refused = sandbox("export", *words)
        assert (refused.code, refused.out, refused.err.splitlines()[0]) == (2, "", f"lengowctl: {says}")


def test_nothing_due_is_said_in_words(sandbox: Shell) -> None:
    sandbox("sync")
    nothing = sandbox("due", "-s", "closed", tty=True)
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "nothing is due\n")


def test_a_back_fill_that_would_read_nothing_is_a_mistake(sandbox: Shell) -> None:
    for words, says in (
        (("--until", "-30d"), "--until says where a back-fill ends\n  add --since DATE, where it begins"),
        (("--since", "2027-01-01"), "--since lies in the future, so there is nothing to read"),
        (("--since", "-2d", "--until", "-3d"), "--since is not before --until, so there is nothing to read"),
    ):
        refused = sandbox("sync", *words)
        assert (refused.code, refused.out, refused.err) == (2, "", f"lengowctl: {says}\n")


def test_rows_of_any_format_are_references_and_count_once(sandbox: Shell) -> None:
    sandbox("sync")
    refs = sandbox("list", "-n", "3", "-o", "ids").out.split()
    for written_as in ("tsv", "csv", "json", "jsonl", "ids"):
        listed = sandbox("list", "-n", "3", "-o", written_as).out
        shown = sandbox("show", "-", *refs, "-o", "jsonl", stdin=listed)
        assert (shown.code, [json.loads(line)["ref"] for line in shown.out.splitlines()]) == (0, refs)


def test_an_export_to_a_closed_stdout_is_not_counted_as_given(sandbox: Shell) -> None:
    """Nobody got the rows, so the next run has them again."""
    sandbox("sync")
    words = ("export", "--columns", "ref", "--since-last", "erp")
    closed = replace(sandbox.machine(), stdout=Nowhere())
    assert run(words, Runtime(closed)) == 0
    first = sandbox(*words).out.splitlines()
    assert len(first) == 1 + int(sandbox("list", "-o", "count").out)
    assert sandbox(*words).out.splitlines() == ["ref"]


def test_the_age_of_the_data_is_told_a_person_and_whoever_asks_for_it(sandbox: Shell) -> None:
    """A minute is no age on a terminal; --verbose tells it all the same, also to a script's log."""
    sandbox("sync")
    said = [sandbox("list", "-n", "1", *words, tty=tty).err for words in ((), ("-v",)) for tty in (False, True)]
    assert [[line for line in text.splitlines() if line.startswith("as of")] for text in said] == [
        [],
        [],
        ["as of just now"],
        ["as of just now"],
    ]
