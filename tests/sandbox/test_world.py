"""The world file: shared by processes, begun anew, never half made."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lengowctl.sandbox.sandbox import Request, Sandbox
from lengowctl.sandbox.world import World


def test_two_handles_share_one_world(make: Callable[..., Sandbox], caller: Any, sandbox: Sandbox) -> None:
    other = make(path=sandbox._world.path)
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.act(ref, "accept")
    other.tick(timedelta(minutes=20))
    assert sandbox.now() == other.now()
    assert caller.status(ref) == "waiting_shipment"
    assert other.effects() == sandbox.effects()
    assert other.handle(Request("GET", "/me", {"authorization": caller.token})).status == 200  # type: ignore[union-attr]


_CHILD = """
import sys
from datetime import timedelta
from pathlib import Path
from lengowctl.sandbox.sandbox import Sandbox, parse_fault

sandbox = Sandbox.open(Path(sys.argv[1]))
sandbox.tick(timedelta(hours=2))
sandbox.add_fault(parse_fault("540:route=me"))
print(len(sandbox.refs()))
"""


def test_another_process_moves_the_clock_and_sets_faults(caller: Any, sandbox: Sandbox) -> None:
    before = sandbox.now()
    path = str(sandbox._world.path)
    done = subprocess.run([sys.executable, "-c", _CHILD, path], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "300"
    assert sandbox.now() == before + timedelta(hours=2)
    assert caller.fresh().get("/me").status == 540


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_opens_its_own_connection(caller: Any, sandbox: Sandbox) -> None:
    child = os.fork()
    if child == 0:
        try:
            sandbox.tick(timedelta(minutes=3))
            os._exit(0)
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0
    assert sandbox.now().minute == 3
    assert caller.get("/me").status == 200


def test_threads_wait_for_each_other(caller: Any) -> None:
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(caller.get("/v3.0/orders").status)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert statuses == [200] * 16


def test_what_exists_is_opened_as_it_is(make: Callable[..., Sandbox], sandbox: Sandbox) -> None:
    again = make(path=sandbox._world.path, orders=5, seed=9)
    assert (again.info().orders, again.info().seed) == (300, 1)


def test_reset_begins_anew(caller: Any, sandbox: Sandbox) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.act(ref, "accept")
    sandbox.tick(timedelta(days=1))
    sandbox.configure(rate_limit=77)
    first = sandbox.reset(orders=40, seed=3)
    assert (first.orders, first.seed) == (40, 3)
    assert sandbox.now().isoformat() == "2026-03-02T09:00:00+00:00"
    assert sandbox.effects() == []
    assert sandbox.log() == []
    assert sandbox.settings.rate_limit == 77
    assert caller.get("/me").status == 403
    kept = sandbox.reset()
    assert (kept.orders, kept.seed) == (40, 3)
    moved = sandbox.reset(epoch=sandbox.now() - timedelta(days=400))
    assert moved.now.isoformat() == "2025-01-26T09:00:00+00:00"


def test_keys_follow_the_seed(make: Callable[..., Sandbox]) -> None:
    one, two = make(seed=1, orders=1).info(), make(seed=2, orders=1).info()
    assert one.access_token != two.access_token
    assert one.account_id != two.account_id


def test_only_changes_are_stored(caller: Any, sandbox: Sandbox) -> None:
    caller.everything()
    ref = caller.first("waiting_shipment", "amazon_fr")
    sandbox.touch(ref, comments="hello")
    with sqlite3.connect(sandbox._world.path) as connection:
        assert connection.execute("SELECT count(*) FROM orders WHERE body IS NOT NULL").fetchone() == (1,)
    connection.close()


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "world.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ValueError, match="newer version"):
        Sandbox.open(path)


def test_a_failed_transaction_leaves_nothing(sandbox: Sandbox) -> None:
    def fail() -> None:
        with sandbox._world.writing() as connection:
            connection.execute("DELETE FROM orders")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(sandbox.refs()) == 300


def test_the_folder_is_made(tmp_path: Path) -> None:
    with Sandbox.open(tmp_path / "a" / "b" / "world.db", orders=1) as sandbox:
        assert sandbox.info().orders == 1


def test_the_seed_decides_the_tokens_too(make: Callable[..., Sandbox]) -> None:
    tokens = []
    for _ in range(2):
        sandbox = make(orders=1)
        info = sandbox.info()
        body = json.dumps({"access_token": info.access_token, "secret": info.secret}).encode()
        answer = sandbox.handle(Request("POST", "/access/get_token", {"content-type": "application/json"}, body))
        tokens.append(answer.json()["token"])  # type: ignore[union-attr]
    assert tokens[0] == tokens[1]


def test_a_closed_world_opens_again(sandbox: Sandbox) -> None:
    sandbox.close()
    assert isinstance(sandbox._world, World)
    assert len(sandbox.refs()) == 300
