"""What a script author relies on who reads the cache and never the source."""

from __future__ import annotations

import json

import pytest

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
        assert sandbox(*words, "-o", "table") == sandbox(*words)
        assert json.loads(sandbox(*words, "-o", "json").out)
        assert sandbox(*words, "-o", "yaml").code == 2
    assert "covered       updates from 25 Aug 11:59 to 23 Nov 11:59" in sandbox("status", tty=True).out
    assert "covered       updates from 2026-08-25T11:59:00Z" in sandbox("status").out
