"""`demo`: the trade from end to end, as it is shown."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from ...running import Shell


def test_the_whole_trade_is_shown_and_leaves_nothing_behind(tmp_path: Path) -> None:
    shell = Shell(tmp_path, env={"LENGOWCTL_PROFILE": "nonsense", "LENGOWCTL_CONFIG": "/nowhere"})
    result = shell("demo", "--fast")
    assert result.code == 0
    typed = [line.removeprefix("$ lengowctl ") for line in result.out.splitlines() if line.startswith("$ ")]
    pipe = "list -s waiting_acceptance -m cdiscount -o ids | lengowctl accept -"
    for shown in (
        "sync",
        pipe,
        "refuse bol:",
        "ship --from",
        "actions show",
        "actions retry",
        "actions wait",
        "export",
    ):
        assert any(words.startswith(shown) for words in typed), shown
    for said in ("did you mean Colissimo?", "already_done", "is not known to the carrier", "done"):
        assert said in result.out
    assert list(tmp_path.iterdir()) == []


def test_at_a_terminal_nothing_is_broken_in_a_word_and_long_commands_can_be_copied(tmp_path: Path) -> None:
    """What is typed and said fits eighty columns; a command goes on behind a backslash."""
    result = Shell(tmp_path)("demo", "--fast", tty=True, env={"NO_COLOR": "1"})
    assert result.code == 0
    said = [line for line in result.out.splitlines() if line.startswith(("# ", "$ ", "  --"))]
    assert len(said) > 50
    assert [line for line in said if len(line) > 80] == []
    assert "\n$ lengowctl export -s waiting_shipment --rows line \\\n  --columns ref,sku,title" in result.out
    assert result.out.index("  sent\n") < result.out.index("$ lengowctl refuse")


def test_who_stops_it_impatiently_leaves_nothing_behind_either(tmp_path: Path) -> None:
    """As a terminal does that is closed: the shell and the system both tell the program so."""
    command = [sys.executable, "-m", "lengowctl", "demo", "--fast"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as demo:
        assert demo.stdout
        while b"lengowctl show" not in demo.stdout.readline():
            assert demo.poll() is None
        assert len(list(tmp_path.iterdir())) == 1
        for _ in range(3):
            demo.send_signal(signal.SIGTERM)
    assert (demo.returncode, list(tmp_path.iterdir())) == (130, [])
