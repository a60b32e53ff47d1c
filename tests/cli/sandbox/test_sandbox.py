"""`sandbox info`, `reset`, `tick`, `log` and `start`"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lengowctl.sandbox.faults import KINDS, ROUTES

from ...running import Result, Shell


def test_info_tells_address_keys_and_clock(shell: Shell) -> None:
    facts = json.loads(shell("sandbox", "info", "-o", "json").out)
    assert {key: facts[key] for key in ("base_url", "now", "orders", "seed")} == {
        "base_url": None,
        "now": "2026-11-23T12:00:00Z",
        "orders": 300,
        "seed": 1,
    }
    assert list(facts) == ["base_url", "account_id", "access_token", "secret", "now", "orders", "seed"]


def test_info_reads_no_configuration(shell: Shell) -> None:
    shell.write_config("broken")
    assert shell("sandbox", "info").code == 0


def test_a_mistyped_variable_does_not_lead_to_another_world(shell: Shell) -> None:
    assert shell("sandbox", "info", env={"LENGOWCTL_DATADIR": "x"}) == Result(
        1,
        "",
        "lengowctl: the variable LENGOWCTL_DATADIR means nothing to lengowctl\n  did you mean LENGOWCTL_DATA_DIR?\n",
    )


def test_info_for_a_person_is_one_fact_a_line(shell: Shell) -> None:
    assert shell("sandbox", "info", tty=True).out.splitlines()[0] == "Address       -"


def test_the_clock_is_moved_and_is_the_programs_now(shell: Shell) -> None:
    assert shell("sandbox", "tick", "1d2h") == Result(0, "2026-11-24T14:00:00Z\n", "")
    assert json.loads(shell("sandbox", "info", "-o", "json").out)["now"] == "2026-11-24T14:00:00Z"


def test_a_step_without_sense_is_refused(shell: Shell) -> None:
    assert shell("sandbox", "tick", "2 hours") == Result(
        2, "", "lengowctl: '2 hours' is not a length of time; write it as 90s, 30m, 24h, 7d or 2w\n"
    )
    assert shell("sandbox", "tick") == Result(
        2, "", "lengowctl: TIME is missing\n  lengowctl sandbox tick --help shows how it is used\n"
    )


def test_reset_begins_anew_and_forgets_the_old_shops_cache(shell: Shell) -> None:
    assert shell("sync", "--profile", "sandbox").code == 0
    assert (shell.data / "sandbox" / "orders.db").exists()
    result = shell("sandbox", "reset", "--orders", "7", "--seed", "3", "--epoch", "2026-01-02", "-o", "json")
    facts = json.loads(result.out)
    assert (result.code, facts["orders"], facts["seed"], facts["now"]) == (0, 7, 3, "2026-01-02T00:00:00Z")
    assert {path.name for path in (shell.data / "sandbox").iterdir() if path.suffix in (".db", ".json")} == {"world.db"}
    assert shell("sync", "--profile", "sandbox").code == 0
    assert 0 < int(shell("list", "--profile", "sandbox", "-o", "count").out) <= 7


def test_the_log_tells_what_reached_it(shell: Shell) -> None:
    assert shell("sandbox", "log") == Result(0, "", "")
    assert shell("sync", "--profile", "sandbox").code == 0
    entries = [json.loads(line) for line in shell("sandbox", "log", "-o", "jsonl").out.splitlines()]
    assert list(entries[0]) == ["at", "method", "status", "effect", "fault", "target", "note"]
    assert (entries[0]["method"], entries[0]["target"], entries[0]["status"]) == ("POST", "/access/get_token", 200)
    assert len(shell("sandbox", "log", "-n", "2").out.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--fault", "nonsense"], "lengowctl: --fault: unknown fault 'nonsense'; the kinds are "),
        (["--port", "70000"], "lengowctl: --port: 70000 is not in the range"),
        (["--orders", "-1"], "lengowctl: --orders: -1 is not in the range"),
    ],
)
def test_a_start_without_sense_is_refused(shell: Shell, words: list[str], says: str) -> None:
    result = shell("sandbox", "start", *words)
    assert result.code == 2
    assert result.err.startswith(says)


def test_a_shop_that_is_there_is_not_changed_by_starting(shell: Shell) -> None:
    shell("sandbox", "info")
    result = shell("sandbox", "start", "--orders", "5")
    assert (result.code, result.err.splitlines()[1]) == (2, "  lengowctl sandbox reset takes both and begins anew")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A sandbox that serves in a process of its own; it has told its address."""
    env = {**os.environ, "LENGOWCTL_DATA_DIR": str(tmp_path / "data")}
    words = ["sandbox", "start", "--orders", "5", "--port-file", str(tmp_path / "port")]
    process = subprocess.Popen(
        [sys.executable, "-m", "lengowctl", *words],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_comes_and_ends_with_0(
    served: subprocess.Popen[str], tmp_path: Path, stop: signal.Signals
) -> None:
    assert served.stdout is not None
    address = served.stdout.readline().strip()
    port = (tmp_path / "port").read_text()
    assert address == f"http://127.0.0.1:{port.strip()}"
    shell = Shell(tmp_path)
    facts = json.loads(shell("sandbox", "info", "-o", "json").out)
    assert facts["base_url"] == address
    body = json.dumps({"access_token": facts["access_token"], "secret": facts["secret"]}).encode()
    request = urllib.request.Request(f"{address}/access/get_token", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)["account_id"] == facts["account_id"]
    served.send_signal(stop)
    _, err = served.communicate(timeout=60)
    assert (served.returncode, err) == (0, "the pretend Lengow is open; Ctrl-C stops it\n")
    assert not (tmp_path / "port").exists()
    assert json.loads(shell("sandbox", "info", "-o", "json").out)["base_url"] is None


def test_a_port_that_is_taken_is_told(served: subprocess.Popen[str], tmp_path: Path, shell: Shell) -> None:
    assert served.stdout is not None
    port = served.stdout.readline().strip().rpartition(":")[2]
    shell.home = tmp_path / "other"
    result = shell("sandbox", "start", "--port", port)
    assert result == Result(1, "", f"lengowctl: port {port} cannot be used: address already in use\n")


def test_the_faults_and_what_they_take_are_listed(shell: Shell) -> None:
    result = shell("sandbox", "start", "--fault", "help")
    listed = {line.split()[0] for line in result.out.splitlines() if line and not line.endswith(":")}
    assert (result.code, listed) == (0, {*KINDS, "route", "method", "count", "probability", "skip"})
    assert [route for route in ROUTES if route not in result.out] == ["*"]
    assert max(map(len, result.out.splitlines())) <= 120
