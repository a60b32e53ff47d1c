"""A first day with the pretend Lengow: from nothing to a cache that is listed, searched, shown and exported."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.orders.reference import format_ref, read_ref
from lengowctl.sandbox.faults import parse_fault
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer

from ..running import NOON, Result, Shell

PIPE = ("ref", "status", "ordered_at", "due_at", "total", "currency", "items", "customer", "country")


@pytest.fixture
def sandbox(shell: Shell) -> Shell:
    """The same shell, whose profile is the sandbox."""
    shell.env = {"LENGOWCTL_PROFILE": "sandbox"}
    return shell


def world(shell: Shell) -> Sandbox:
    return Sandbox.open(shell.data / "sandbox" / "world.db", wall=shell.clock.now)


def rows(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_before_the_first_sync_every_reading_command_says_what_to_do(sandbox: Shell) -> None:
    for words in (("list",), ("show", "amazon_fr:1"), ("due",), ("export",), ("status",), ("db", "query", "select 1")):
        result = sandbox(*words)
        assert (result.code, result.out) == (1, "")
        assert "sync" in result.err


def test_the_first_sync_brings_the_whole_world_and_says_so_in_one_line(sandbox: Shell) -> None:
    result = sandbox("sync")
    assert result.code == 0
    assert result.out == ""
    assert len(result.err.splitlines()) == 1
    listed = {row["ref"]: row["status"] for row in rows(sandbox("list", "-o", "jsonl", "--columns", "ref,status").out)}
    with world(sandbox) as lengow:
        theirs = {format_ref(code, number): lengow.order(code, number) for code, number in lengow.refs()}
    horizon = (NOON - timedelta(days=89)).isoformat()
    recent = {order["lengow_status"] for order in theirs.values()}
    assert recent >= set(listed.values())
    missing = [ref for ref, order in theirs.items() if ref not in listed and str(order["updated_at"]) > horizon]
    assert missing == []
    assert all(theirs[ref]["lengow_status"] == status for ref, status in listed.items() if ref in theirs)


def test_quiet_sync_says_nothing(sandbox: Shell) -> None:
    assert sandbox("sync", "--quiet") == type(sandbox("--version"))(0, "", "")


def test_a_pipe_gets_the_promised_columns_without_heading(sandbox: Shell) -> None:
    sandbox("sync")
    lines = sandbox("list", "-n", "5").out.splitlines()
    assert len(lines) == 5
    assert all(len(line.split("\t")) == len(PIPE) for line in lines)
    asked = rows(sandbox("list", "-n", "5", "-o", "jsonl", "--columns", ",".join(PIPE)).out)
    assert [line.split("\t") for line in lines] == [
        ["" if row[c] is None else str(row[c]) for c in PIPE] for row in asked
    ]


def test_every_format_tells_of_the_same_orders(sandbox: Shell) -> None:
    sandbox("sync")
    ask = ("list", "-s", "waiting_acceptance,waiting_shipment", "--sort", "ref")
    ids = sandbox(*ask, "-o", "ids").out.split("\n")[:-1]
    assert len(ids) > 20
    assert sandbox(*ask, "-o", "count").out == f"{len(ids)}\n"
    assert [row["ref"] for row in json.loads(sandbox(*ask, "-o", "json").out)] == ids
    assert [row["ref"] for row in rows(sandbox(*ask, "-o", "jsonl").out)] == ids
    assert [row["ref"] for row in csv.DictReader(io.StringIO(sandbox(*ask, "-o", "csv").out))] == ids
    assert [line.split("\t")[0] for line in sandbox(*ask, "-o", "tsv").out.splitlines()] == ids
    table = sandbox(*ask, "-o", "table", "-n", "0", tty=True, width=200).out
    assert all(ref in table for ref in ids)


def test_a_table_never_outgrows_a_narrow_terminal_and_no_escape_gets_through(sandbox: Shell) -> None:
    sandbox("sync")
    for width in (80, 200):
        for words in (("list", "-n", "0"), ("due",), ("status",), ("statuses",), ("marketplaces", "list")):
            out = sandbox(*words, "--no-color", tty=True, width=width).out
            assert "\x1b" not in out
            assert max(map(len, out.splitlines())) <= width


def test_search_finds_by_number_name_mail_sku_and_title(sandbox: Shell) -> None:
    sandbox("sync")
    order = rows(sandbox("list", "-s", "waiting_shipment", "-m", "amazon_fr", "-n", "1", "-o", "jsonl",
                         "--columns", "ref,order_id,customer,email,skus").out)[0]  # fmt: skip
    skus = order["skus"]
    assert isinstance(skus, list)
    for text in (order["order_id"], order["customer"], order["email"], skus[0]):
        found = sandbox("list", "--search", str(text), "-o", "ids").out.split("\n")
        assert order["ref"] in found


def test_show_tells_everything_of_one_order(sandbox: Shell) -> None:
    sandbox("sync")
    ref = sandbox("list", "-s", "shipped", "-m", "amazon_fr", "-n", "1", "-o", "ids").out.strip()
    page = sandbox("show", ref).out
    for part in ("Products", "Totals", "Parcels", "Deliver to", "What can be done now"):
        assert part in page
    whole = json.loads(sandbox("show", ref, "-o", "json").out)
    assert whole["ref"] == ref
    for key in (
        "lines",
        "parcels",
        "addresses",
        "payments",
        "documents",
        "history",
        "actions",
        "allowed_actions",
        "raw",
    ):
        assert key in whole
    assert whole["raw"]["marketplace_order_id"] == whole["order_id"]
    assert {action["action"] for action in whole["allowed_actions"]} == {"refund"}
    bare = json.loads(sandbox("show", whole["order_id"], "-o", "json").out)
    assert bare["ref"] == ref


def test_show_reads_references_from_a_pipe_and_names_the_unknown(sandbox: Shell) -> None:
    sandbox("sync")
    listed = sandbox("list", "-n", "3").out
    piped = f"\ufeffref\tstatus\r\n# a remark\r\n\r\n{listed}amazon_fr:nobody\n"
    result = sandbox("show", "-", "-o", "jsonl", stdin=piped)
    assert result.code == 3
    assert [row["ref"] for row in rows(result.out)] == [line.split("\t")[0] for line in listed.splitlines()]
    assert "nobody is not in the cache" in result.err


def test_a_number_that_two_marketplaces_share_is_ambiguous(sandbox: Shell) -> None:
    sandbox("sync")
    counted = sandbox("db", "query", "select order_id from orders group by 1 having count(*) > 1 limit 1").out.strip()
    same = sandbox("list", "--search", counted, "-o", "ids", "--sort", "ref").out.splitlines()
    assert len(same) > 1
    assert sandbox("show", counted) == Result(
        1,
        "",
        f"lengowctl: {counted} is the number of several orders\n  write one of these: {', '.join(same)}\n",
    )


def test_time_passes_and_the_next_sync_brings_only_what_changed(sandbox: Shell) -> None:
    sandbox("sync")
    before = rows(sandbox("list", "-o", "jsonl", "--columns", "ref,status").out)
    sandbox("sandbox", "tick", "12h")
    result = sandbox("sync")
    assert result.code == 0
    after = {row["ref"]: row["status"] for row in rows(sandbox("list", "-o", "jsonl", "--columns", "ref,status").out)}
    assert len(after) > len(before)
    moved = [str(row["ref"]) for row in before if after[row["ref"]] != row["status"]]
    assert moved
    history = json.loads(sandbox("show", moved[0], "-o", "json").out)["history"]
    assert "status" in {event["field"] for event in history}
    with world(sandbox) as lengow:
        keys = {str(ref): read_ref(str(ref), None).key for ref in after}
        stale = [ref for ref, key in keys.items() if key and lengow.order(*key)["lengow_status"] != after[ref]]
    assert stale == []


def test_export_writes_a_file_whole_with_its_manifest_and_goes_on_where_it_was(sandbox: Shell, tmp_path: Path) -> None:
    sandbox("sync")
    target = tmp_path / "orders.csv"
    first = sandbox("export", "--to", str(target), "--manifest", "--since-last", "erp")
    assert (first.code, first.out) == (0, "")
    assert target.stat().st_mode & 0o777 == 0o600
    manifest = json.loads((tmp_path / "orders.csv.manifest.json").read_text())
    assert manifest["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    listed = sandbox("list", "-o", "count").out.strip()
    assert str(manifest["rows"]) == listed
    again = sandbox("export", "--to", str(target))
    assert again.code == 1
    assert "already there" in again.err
    assert sandbox("export", "--since-last", "erp", "-o", "jsonl").out == ""
    sandbox("sandbox", "tick", "12h")
    sandbox("sync")
    news = {row["ref"] for row in rows(sandbox("export", "--since-last", "erp", "-o", "jsonl").out)}
    changed = sandbox("db", "query", "select count(*) from orders where seq > "
                      f"(select max(seq) - {len(news)} from orders)").out.strip()  # fmt: skip
    assert len(news) == int(changed) > 0
    assert sandbox("export", "--since-last", "erp", "-o", "jsonl").out == ""


def test_an_interrupted_export_moves_no_cursor(sandbox: Shell, tmp_path: Path) -> None:
    sandbox("sync")
    nowhere = tmp_path / "no folder" / "x.csv"
    assert sandbox("export", "--since-last", "erp", "--to", str(nowhere)).code == 1
    assert sandbox("export", "--since-last", "erp", "-o", "jsonl").out.count("\n") == int(
        sandbox("list", "-o", "count").out
    )


def test_no_cell_of_an_export_is_a_formula_and_the_mask_hides_every_buyer(sandbox: Shell) -> None:
    sandbox("sync")
    for cells in csv.reader(io.StringIO(sandbox("export", "--rows", "line").out)):
        assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]
    ask = ("-o", "jsonl", "--columns", "customer,email,city,postcode,address,phone,country")
    masked = rows(sandbox("export", "--mask", *ask).out)
    for row, hidden in zip(rows(sandbox("export", *ask).out), masked, strict=True):
        assert hidden["country"] == row["country"]
        assert all(hidden[name] == (None if row[name] is None else "***") for name in row if name != "country")


def test_statuses_due_and_marketplaces_explain_themselves(sandbox: Shell) -> None:
    sandbox("sync")
    assert "waiting_acceptance" in sandbox("statuses").out
    assert len(sandbox("marketplaces", "list").out.splitlines()) == 24
    assert "expedition_country_code" in sandbox("marketplaces", "show", "fnac").out
    due = rows(sandbox("due", "-o", "jsonl", "--columns", "ref,due_at").out)
    assert due == sorted(due, key=lambda row: (str(row["due_at"]), str(row["ref"])))
    late = sandbox("due", "--overdue", "-o", "ids").out.split()
    assert late == [row["ref"] for row in due if str(row["due_at"]) <= f"{sandbox.clock.now():%Y-%m-%dT%H:%M:%SZ}"]


def test_status_tells_monitoring_how_things_are(sandbox: Shell) -> None:
    assert sandbox("status", "--check").code == 3
    sandbox("sync")
    state = json.loads(sandbox("status", "-o", "json").out)
    assert (state["profile"], state["holes"]) == ("sandbox", [])
    warned = sandbox("status", "--check")
    assert (warned.code, warned.out.split(" ")[0]) == (1, "WARNING")  # the shop has overdue orders
    sandbox("sandbox", "tick", "7h")
    late = sandbox("status", "--check")
    assert (late.code, late.out.split(" ")[0]) == (2, "CRITICAL")


def test_backup_check_purge_and_query_look_after_the_files(sandbox: Shell, tmp_path: Path) -> None:
    sandbox("sync")
    copies = sandbox("db", "backup", str(tmp_path / "copy")).out.split()
    assert [Path(path).name for path in copies] == ["orders.db", "ledger.db", "manifest.json"]
    with sqlite3.connect(copies[0]) as copy:
        assert (
            str(copy.execute("select count(*) from orders").fetchone()[0]) == sandbox("list", "-o", "count").out.strip()
        )
    assert sandbox("db", "check").code == 0
    assert sandbox("db", "purge").code == 2
    customers = {row["customer"] for row in rows(sandbox("list", "-o", "jsonl", "--columns", "customer").out)}
    assert sandbox("db", "purge", "--older-than", "0d").code == 0
    left = b"".join(path.read_bytes() for path in (sandbox.data / "sandbox").glob("orders.db*"))
    assert [name for name in customers if name and len(str(name)) > 8 and str(name).encode() in left] == []
    assert sandbox("db", "query", "delete from orders").code == 2
    assert sandbox("db", "check").code == 0


def test_what_was_set_aside_is_counted_shown_and_stops_nothing(sandbox: Shell) -> None:
    sandbox("sync")
    before = int(sandbox("list", "-o", "count").out)
    with world(sandbox) as lengow:
        lengow.configure(lively=False)
        first, second = lengow.refs()[:2]
        lengow.poison(first, b'{"marketplace_order_id": "x", "deep": ' + b"[" * 5000 + b"]" * 5000 + b"}")
        lengow.touch(second)
    result = sandbox("sync")
    assert result.code == 3
    assert "set aside" in result.err
    assert int(sandbox("list", "-o", "count").out) == before
    assert "Set aside" in sandbox("db", "info").out
    assert sandbox("sync").code == 0  # known already; nothing new was set aside


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("500:count=2", 0), ("502:count=2", 0), ("540:count=1", 0), ("html:count=1", 0), ("cut:count=1", 0),
        ("reset:count=2", 0), ("timeout:count=1", 0), ("429:retry_after=3,count=2", 0),
        ("expired:count=1,route=orders", 0),
        ("expired403:count=1,route=orders", 0), ("slow:count=1,seconds=2", 0), ("530:count=always,route=orders", 1),
        ("500:count=always,route=orders", 6), ("html:count=always", 6), ("429:retry_after=5000,count=always", 6),
    ],
)  # fmt: skip
def test_a_faulty_line_is_lived_with_or_told_in_one_sentence(sandbox: Shell, fault: str, code: int) -> None:
    sandbox("sync")
    with world(sandbox) as lengow:
        lengow.tick(timedelta(hours=5))
        lengow.add_fault(parse_fault(fault))
    result = sandbox("sync")
    assert result.code == code, result.err
    assert "Traceback" not in result.err
    with world(sandbox) as lengow:
        lengow.clear_faults()
        lengow.tick(timedelta(hours=2))
    assert sandbox("sync").code == 0
    assert sandbox("sync", "--verify").code == 0


def test_the_whole_of_it_over_real_http_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Environment alone, no config file, no home: as in a container."""
    with Sandbox.open(tmp_path / "world.db", orders=250) as lengow, SandboxServer(lengow) as server:
        info = lengow.info()
        env = {
            "LENGOWCTL_BASE_URL": server.base_url,
            "LENGOWCTL_ACCESS_TOKEN": info.access_token,
            "LENGOWCTL_SECRET": info.secret,
            "LENGOWCTL_DATA_DIR": str(tmp_path / "data"),
            "http_proxy": "http://127.0.0.1:9",  # never used for the loopback
        }

        def lengowctl(*words: str) -> subprocess.CompletedProcess[str]:
            command = [sys.executable, "-m", "lengowctl", *words]
            return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)

        first = lengowctl("sync")
        assert (first.returncode, first.stdout) == (0, ""), first.stderr
        again = lengowctl("sync")
        assert again.returncode == 0
        assert "0 new" in again.stderr
        listed = lengowctl("list", "-o", "ids").stdout.split()
        assert len(listed) >= 230
        assert lengowctl("status", "-o", "json").returncode == 0
        tokens = [entry for entry in lengow.log() if "get_token" in entry.target]
        assert len(tokens) == 1  # one token for all commands
        folder = tmp_path / "data" / "env"
        assert {path.name: oct(path.stat().st_mode & 0o777) for path in folder.glob("*.json")} == {
            "token.json": "0o600",
            "pacing.json": "0o600",
        }
        env["LENGOWCTL_SECRET"] = "0" * 64
        lengow.tick(timedelta(hours=2))  # the session has ended, so the keys are asked for again
        wrong = lengowctl("sync")
        assert wrong.returncode == 4
        assert "keys" in wrong.stderr
        assert "0" * 64 not in wrong.stderr
