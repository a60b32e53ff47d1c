"""`--plan FILE` and `apply FILE`: what is sent is what was written, and only for orders that look as they did."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from lengowctl.outbox.planfile import plan_text, read_plan

from ...running import Result
from ...trading import Shop, rows


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return tmp_path / "plan.json"


def test_a_plan_sends_nothing_and_is_for_its_owner_only(shop: Shop, plan: Path) -> None:
    result = shop("accept", "cdiscount:CD1", "cdiscount:CS1", "--plan", str(plan), "-o", "jsonl")
    assert (result.code, shop.posts()) == (3, 0)
    assert [row["result"] for row in rows(result)] == ["failed", "would_send"]
    assert plan.stat().st_mode & 0o777 == 0o600
    written = json.loads(plan.read_text())
    assert [order["ref"] for order in written["orders"]] == ["cdiscount:CD1"]
    assert shop("accept", "cdiscount:CD2", "--plan", str(plan)).code == 1
    assert json.loads(plan.read_text()) == written


def test_what_has_changed_since_is_skipped_with_the_difference(shop: Shop, plan: Path) -> None:
    shop("accept", "-", "--plan", str(plan), stdin="cdiscount:CD1\ncdiscount:CD2\ncdiscount:CD3\n")
    with shop.world() as world:
        world.cancel_by_buyer("cdiscount:CD2")
        order = world.order("cdiscount", "CD3")
        order["packages"][0]["cart"][0]["quantity"] += 1
        world.touch("cdiscount:CD3", packages=order["packages"])
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    dry = shop("apply", str(plan), "--dry-run", "-o", "jsonl")
    assert shop.posts() == 0
    result = shop("apply", str(plan), "-o", "jsonl")
    assert result.code == dry.code == 3
    found = {row["ref"]: (row["result"], row["reason"]) for row in rows(result)}
    assert found["cdiscount:CD1"] == ("sent", None)
    assert found["cdiscount:CD2"][0] == "skipped"
    assert "status: waiting_acceptance → canceled" in found["cdiscount:CD2"][1]
    assert found["cdiscount:CD3"][0] == "skipped"
    assert found["cdiscount:CD3"][1].startswith("it has changed since it was planned: line ")
    assert shop.posts() == 1


def test_a_plan_applied_twice_is_done_once(shop: Shop, plan: Path) -> None:
    shop("accept", "cdiscount:CD1", "cdiscount:CD2", "--plan", str(plan))
    assert shop("apply", str(plan), "--wait").code == 0
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    again = shop("apply", str(plan), "-o", "jsonl")
    assert (again.code, {row["result"] for row in rows(again)}) == (0, {"already_done"})
    assert shop.effects() == [("cdiscount:CD1", "accept", "executed"), ("cdiscount:CD2", "accept", "executed")]


def test_an_altered_foreign_or_missing_plan_is_refused(shop: Shop, plan: Path, tmp_path: Path) -> None:
    shop("refuse", "cdiscount:CD1", "--plan", str(plan))
    altered = tmp_path / "altered.json"
    altered.write_text(plan.read_text().replace("CD1", "CD2"))
    for path, says in ((altered, "it was altered"), (tmp_path / "none", "cannot be read")):
        result = shop("apply", str(path), "--yes")
        assert (result.code, says in result.err) == (1, True)
    altered.write_text('{"ref": 1}')
    assert "is not a plan" in shop("apply", str(altered)).err
    assert shop.posts() == 0


def test_a_dry_run_tells_what_is_held_back_already(shop: Shop, plan: Path) -> None:
    shop("accept", "cdiscount:CD1", "cdiscount:CD2", "--plan", str(plan))
    assert shop.told("accept", "cdiscount:CD1", "--hold", "10m") == [("cdiscount:CD1", "held")]
    for words in (("apply", str(plan)), ("accept", "cdiscount:CD1", "cdiscount:CD2")):
        result = shop(*words, "--dry-run", "-o", "jsonl")
        assert [(row["result"], row["reason"]) for row in rows(result)] == [
            ("held", "held back until 2026-11-23T12:12:00Z; lengowctl actions withdraw 1 takes it back"),
            ("would_send", None),
        ]
    assert shop.posts() == 0


def test_where_nothing_would_be_sent_no_plan_is_written(shop: Shop, plan: Path) -> None:
    shop("accept", "cdiscount:CD1")
    result = shop("accept", "cdiscount:CD1", "--plan", str(plan))
    assert (result.code, result.err.splitlines()[-1]) == (0, "nothing would be sent, so no plan was written")
    assert not plan.exists()


def test_a_plan_of_another_account_is_refused_with_both_named(shop: Shop, plan: Path) -> None:
    shop("accept", "cdiscount:CD1", "--plan", str(plan))
    mine = read_plan(plan.read_text())
    plan.write_text(plan_text(replace(mine, source="lengow|https://api.lengow.io|99", profile="brand")))
    told = f"{plan} was made for lengow|https://api.lengow.io|99 (profile brand), but this profile is {mine.source}"
    assert shop("apply", str(plan)) == Result(1, "", f"lengowctl: {told}\n  --profile brand\n")
    assert shop.posts() == 0


def test_a_planned_refusal_is_asked_about_when_it_is_sent(shop: Shop, plan: Path) -> None:
    assert shop("refuse", "cdiscount:CD1", "--plan", str(plan)).code == 0
    assert shop("apply", str(plan)).code == 2
    assert shop("apply", str(plan), terminal=["y\n"]).code == 0


@pytest.mark.parametrize("done", [False, True], ids=["under way", "done, and not in the cache yet"])
def test_what_was_shipped_otherwise_since_is_not_shipped_by_the_plan(shop: Shop, plan: Path, done: bool) -> None:
    """The cache looks as it did; the ledger knows better."""
    words = ("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number")
    assert shop(*words, "6A12345678909", "--plan", str(plan)).code == 0
    shop.shell.clock.sleep(60)
    assert shop(*words, "6A98765432104", *(("--wait",) if done else ())).code == 0
    result = shop("apply", str(plan), "--yes", "-o", "jsonl")
    assert (result.code, shop.posts()) == (1, 1)
    ((told, why),) = [(row["result"], row["reason"]) for row in rows(result)]
    assert told == "skipped"
    assert why.startswith("it has changed since it was planned: ship was sent at 2026-11-23T12:")
    again = shop(*words, "6A98765432104", "--plan", f"{plan}2")
    assert "already done" in again.err
