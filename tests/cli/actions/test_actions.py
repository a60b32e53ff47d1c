"""The group `actions`: what we sent, what became of it, and what to do about it."""

from __future__ import annotations

import json
import sqlite3

import pytest

from lengowctl.sandbox.faults import parse_fault

from ...running import Result
from ...trading import Shop, rows

WRONG = ("ship", "bol:BO1", "--carrier", "DHL", "--tracking-number", "JVGL12345678")


def _reject(shop: Shop) -> None:
    """Bol gets an order shipped that its buyer has cancelled meanwhile."""
    with shop.world() as world:
        world.touch("bol:BO1", lengow_status="canceled")
    assert shop(*WRONG, "--wait").code == 1


def test_the_list_is_newest_first_and_filtered(shop: Shop) -> None:
    shop("accept", "cdiscount:CD1", "cdiscount:CD2")
    shop("accept", "fnac:FN1", "--from-country", "FR", "--hold", "1h", "--note", "T-1")
    found = rows(shop("actions", "list", "-o", "jsonl"))
    assert [(row["id"], row["ref"], row["action"], row["state"]) for row in found] == [
        (3, "fnac:FN1", "accept", "planned"),
        (2, "cdiscount:CD2", "accept", "queued"),
        (1, "cdiscount:CD1", "accept", "queued"),
    ]
    assert (found[0]["note"], found[0]["who"]) == ("T-1", "jo@desk")
    assert [row["message"] for row in found] == ["held until 2026-11-23T13:02:00Z", None, None]

    def ids(*words: str) -> list[int]:
        return [row["id"] for row in rows(shop("actions", "list", *words, "-o", "jsonl"))]

    assert ids("--state", "planned,done") == [3]
    assert ids("-m", "cd*") == [2, 1]
    assert ids("--action", "ship") == []
    assert ids("cdiscount:CD1", "3") == [3, 1]
    assert ids("--since", "-1h", "-n", "1") == [3]
    assert ids("--since", "2027-01-01") == []
    assert shop("actions", "list", "--state", "gone").code == 2
    assert shop("actions", "list", "--action", "eat").code == 2
    assert shop("actions", "list", "99").code == 1
    assert shop("actions", "list", "--state", "doubtful", tty=True).err == "no action matches\n"


@pytest.mark.parametrize("width", [40, 80, 200])
def test_on_a_terminal_the_list_fits(shop: Shop, width: int) -> None:
    _reject(shop)
    result = shop("actions", "list", "--no-color", tty=True, width=width)
    assert all(len(line) <= width for line in result.out.splitlines())
    assert "bol:BO1" in result.out


def test_one_action_is_shown_with_its_story_and_the_way_on(shop: Shop) -> None:
    _reject(shop)
    page = shop("actions", "show", "1", "--no-color", tty=True, width=100).out
    assert page.startswith("ship bol:BO1  rejected\n")
    for part in (
        "tracking_number",
        "sending (claimed), attempt 1",
        "What to do next",
    ):
        assert part in page
    assert _advice(page).startswith("If an argument was wrong, lengowctl actions retry 1 with it corrected, as --")
    assert _advice(page).endswith("If the order has moved on, lengowctl sync, then lengowctl show bol:BO1.")
    (found,) = json.loads(shop("actions", "show", "bol:BO1", "-o", "json").out)
    assert [step["to"] for step in found["history"]][:3] == ["planned", "sending", "queued"]
    assert found["history"][-1]["to"] == "rejected"
    assert found["message"]
    shown = shop("show", "bol:BO1").out
    assert "What we sent" in shown
    assert found["message"] in shown
    assert json.loads(shop("show", "bol:BO1", "-o", "json").out)["actions"] == [found]


def _advice(page: str) -> str:
    return " ".join(page.partition("What to do next")[2].split())


def test_a_rejection_that_names_an_argument_is_answered_with_it(shop: Shop) -> None:
    with shop.world() as world:
        world.mistrust("cdiscount:CS1", "6A12345678901")
    shop("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number", "6A12345678901", "--wait")
    page = shop("actions", "show", "1", "--no-color", tty=True).out
    assert _advice(page) == "lengowctl actions retry 1 --tracking-number VALUE sends it once more, corrected."


def test_a_rejection_is_corrected_and_sent_once_more(shop: Shop) -> None:
    """Through a pipe, with the marketplace's own arguments kept but for the wrong one."""
    with shop.world() as world:
        world.touch("cdiscount:CS1", lengow_status="new")
    shop("ship", "cdiscount:CS1", "--carrier", "UPS", "--tracking-number", "1Z999AA10123456784", "--wait")
    with shop.world() as world:
        world.touch("cdiscount:CS1", lengow_status="waiting_shipment")
    listed = shop("actions", "list", "--state", "rejected")
    result = shop("actions", "retry", "-", "--carrier", "Colissimo", "--tracking-number", "6A12345678901", "--wait",
                  "-o", "jsonl", stdin=listed.out)  # fmt: skip
    assert result.code == 0
    assert rows(result)[0]["arguments"] == {"carrier": "Colissimo", "tracking_number": "6A12345678901"}
    assert shop.effects()[-1] == ("cdiscount:CS1", "ship", "rejected")
    assert ("cdiscount:CS1", "ship", "executed") in shop.effects()


@pytest.mark.parametrize("form", ["tsv", "csv", "json", "jsonl"])
def test_a_listing_of_actions_names_them_by_their_ids(shop: Shop, form: str) -> None:
    """Not by their orders, which have other actions too."""
    shop("accept", "cdiscount:CD1", "cdiscount:CD2", "--hold", "1h")
    listed = shop("actions", "list", "1", "-o", form).out
    assert shop.told("actions", "withdraw", "-", stdin=listed) == [("cdiscount:CD1", "done")]
    report = shop("accept", "nowhere", "cdiscount:CD3", "-o", "jsonl").out
    assert shop.told("actions", "wait", "-", stdin=report) == [("cdiscount:CD3", "done")]
    assert shop.told("actions", "withdraw", "CD2") == [("cdiscount:CD2", "done")]
    nobody = shop("actions", "withdraw", "CD77")
    assert (nobody.code, nobody.err) == (1, "lengowctl: CD77 is not in the cache; run lengowctl sync\n")


def test_a_correction_that_the_marketplace_does_not_take_corrects_nothing(shop: Shop) -> None:
    _reject(shop)
    (row,) = rows(shop("actions", "retry", "1", "--reason", "x", "--tracking-url", "https://x.example", "-o", "jsonl"))
    assert (row["result"], row["reason"]) == (
        "failed",
        "bol takes no --tracking-url and no --reason for ship, so nothing would be corrected; it takes tracking_number,"
        " carrier, line, shipping_date, delivery_date",
    )
    assert shop.posts() == 1


def test_two_rejected_parcels_of_one_order_are_not_both_sent_again(shop: Shop) -> None:
    """The first, and its correction that was rejected too: the order gets one parcel, and it is not guessed which."""
    first = ("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number", "6A12345678901")
    for words in (first, ("actions", "retry", "1", "--tracking-number", "6A22345678901")):
        assert shop(*words).code == 0
        with shop.world() as world:
            world.touch("cdiscount:CS1", lengow_status="new")
        assert shop("actions", "wait").code == 1
        with shop.world() as world:
            world.touch("cdiscount:CS1", lengow_status="waiting_shipment")
    both = rows(shop("actions", "retry", "cdiscount:CS1", "-o", "jsonl"))
    why = (
        "action 1 and action 2 give cdiscount:CS1 two parcels, which Cdiscount does not take for the same goods; ship"
        " line by line, or keep one"
    )
    assert [(row["result"], row["reason"]) for row in both] == [("failed", why)] * 2
    assert shop.posts() == 2
    one = shop("actions", "retry", "cdiscount:CS1", "--tracking-number", "6A32345678901")
    assert (one.code, one.err) == (0, "retry: 1 sent (1 named twice, counted once)\n")
    assert shop.posts() == 3


def test_what_is_done_or_under_way_is_not_sent_again(shop: Shop) -> None:
    shop("accept", "cdiscount:CD1", "--wait")
    shop("accept", "cdiscount:CD2")
    result = shop("actions", "retry", "1", "2", "-o", "jsonl")
    assert (result.code, [row["result"] for row in rows(result)]) == (1, ["failed", "failed"])
    assert shop.posts() == 2


def test_held_actions_are_withdrawn_and_sent_ones_are_not(shop: Shop) -> None:
    shop("accept", "cdiscount:CD1", "--hold", "10m")
    shop("accept", "cdiscount:CD2")
    result = shop("actions", "withdraw", "1", "2", "-o", "jsonl")
    assert (result.code, [row["result"] for row in rows(result)]) == (3, ["done", "failed"])
    assert shop.posts() == 1


def test_what_has_no_such_action_is_told_with_the_way_to_what_there_is(shop: Shop) -> None:
    shows = "\n  lengowctl actions list cdiscount:CD3 shows what it has\n"
    told = {
        "show 99": "there is no action 99\n  lengowctl actions list shows them with their ids\n",
        "show nope:1": "nope:1 is not in the cache; run lengowctl sync\n",
        "show cdiscount:CD3": f"cdiscount:CD3 has no action{shows}",
        "wait cdiscount:CD3": f"cdiscount:CD3 has no action that is pending or queued{shows}",
        "withdraw cdiscount:CD3": f"cdiscount:CD3 has no action that is planned{shows}",
    }
    assert {words: shop("actions", *words.split()) for words in told} == {
        words: Result(1, "", f"lengowctl: {says}") for words, says in told.items()
    }


def test_waiting_for_all_open_actions(shop: Shop) -> None:
    assert shop("actions", "wait", tty=True).err == "no action waits for an answer\n"
    shop("accept", "cdiscount:CD1", "cdiscount:CD2")
    result = shop("actions", "wait", "-o", "jsonl")
    assert (result.code, [row["result"] for row in rows(result)]) == (0, ["done", "done"])
    shop("accept", "cdiscount:CD3")
    assert shop("actions", "wait", "3", "--wait-timeout", "1s").code == 8


def test_a_lost_answer_is_found_at_once(shop: Shop) -> None:
    with shop.world() as world:
        world.add_fault(parse_fault("lost:route=actions,method=POST"))
    result = shop("accept", "cdiscount:CD1", "-o", "jsonl")
    assert (result.code, rows(result)[0]["result"]) == (0, "sent")
    assert shop.posts() == 1


def test_a_doubtful_action_is_told_everywhere_and_settled(shop: Shop) -> None:
    """The request broke off and never took effect: nobody can know that before the window is over."""
    with shop.world() as world:
        world.add_fault(parse_fault("reset:route=actions,method=POST"))
    result = shop("accept", "cdiscount:CD1", "-o", "jsonl")
    assert (result.code, rows(result)[0]["result"]) == (5, "doubtful")
    assert rows(result)[0]["reason"].startswith("sent at 2026-11-23T12:0")
    assert "(attempt 1)" in rows(result)[0]["reason"]
    told = "accept of cdiscount:CD1 is doubtful since 2026-11-23T12:0"
    assert told in shop("accept", "cdiscount:CD2").err
    assert "doubtful: lengowctl actions settle finds out" in shop("status").out
    assert shop("actions", "retry", "1").code == 5
    settled = shop("actions", "settle", "-o", "jsonl")
    assert settled.code == 3
    assert rows(settled)[0]["reason"].startswith("Lengow was asked twice, after the usual wait, and did not have it")
    assert shop.told("accept", "cdiscount:CD1", "--wait") == [("cdiscount:CD1", "done")]
    assert shop("actions", "settle", tty=True).err == "no action is doubtful\n"


def test_looking_once_leaves_it_doubtful(shop: Shop) -> None:
    with shop.world() as world:
        world.add_fault(parse_fault("reset:route=actions,method=POST"))
    shop("accept", "cdiscount:CD1")
    assert shop("actions", "settle", "--no-wait").code == 5


def test_a_refund_that_is_proved_absent_goes_out_again_only_when_a_person_says_so(shop: Shop) -> None:
    with shop.world() as world:
        world.add_fault(parse_fault("reset:route=actions,method=POST"))
    described = json.loads(shop("marketplaces", "show", "cdiscount", "-o", "json").out)["orders"]["actions"]["refund"]
    reason = next(iter(described["args_description"]["refund_reason"]["valid_values"]))
    words = ("refund", "cdiscount:CS1", "--reason", reason, "--yes")
    assert shop(*words).code == 5
    assert shop("actions", "settle").code == 3
    assert shop.told(*words) == [("cdiscount:CS1", "not_sent")]
    assert shop.told("actions", "retry", "1", "--yes") == [("cdiscount:CS1", "not_sent")]
    assert "lengowctl actions withdraw 1 gives it up" in shop("actions", "show", "1").out
    other = rows(shop("actions", "retry", "1", "--again", "--yes", "--arg", "refund_mode=Claim", "-o", "jsonl"))
    assert str(other[0]["reason"]).startswith(
        "refund of this order is planned; lengowctl actions retry 1 --again sends it"
    )
    posts = shop.posts()
    assert shop.told("actions", "retry", "1", "--again", "--yes") == [("cdiscount:CS1", "sent")]
    assert shop.posts() == posts + 1


def test_the_history_is_proved_and_a_change_is_found(shop: Shop) -> None:
    shop("accept", "cdiscount:CD1", "--wait")
    good = shop("actions", "verify")
    assert good.code == 0
    assert "rows of history, unaltered; the last hash is " in good.out
    with sqlite3.connect(shop.shell.data / "sandbox" / "ledger.db") as ledger:
        ledger.execute("DROP TRIGGER history_fixed")
        ledger.execute("UPDATE history SET who = 'somebody' WHERE seq = 1")
    ledger.close()
    bad = shop("actions", "verify")
    assert (bad.code, bad.out) == (1, "history row 1 was altered\n")
    assert json.loads(shop("actions", "verify", "-o", "json").out)["problems"] == ["history row 1 was altered"]


def test_sync_brings_the_answers(shop: Shop) -> None:
    with shop.world() as world:
        world.touch("bol:BO1", lengow_status="canceled")
    shop(*WRONG)
    shop("accept", "cdiscount:CD1")
    shop.shell.clock.sleep(120)
    result = shop("sync")
    assert result.code == 0
    assert "actions: 1 done, 1 rejected\n" in result.err
    assert "lengowctl: warning: ship of bol:BO1 rejected: " in result.err
    assert "actions" not in shop("sync").err
