"""`accept`: which orders are meant, what is told of each, how the run ends, and what really happened."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from lengowctl.sandbox.faults import parse_fault

from ...trading import Shop, rows


def test_one_order_is_accepted_once(shop: Shop) -> None:
    result = shop("accept", "cdiscount:CD1", "-o", "jsonl")
    assert (result.code, result.err) == (0, "accept: 1 sent\n")
    (row,) = rows(result)
    assert row == {
        "ref": "cdiscount:CD1",
        "action": "accept",
        "result": "sent",
        "reason": None,
        "action_id": row["action_id"],
        "arguments": {},
        "id": 1,
    }
    assert shop.posts() == 1


def test_the_same_command_again_sends_nothing_and_is_well(shop: Shop) -> None:
    first = rows(shop("accept", "cdiscount:CD1", "-o", "jsonl"))[0]["action_id"]
    result = shop("accept", "cdiscount:CD1", "-o", "jsonl")
    assert (result.code, rows(result)[0]["result"], rows(result)[0]["action_id"]) == (0, "already_done", first)
    assert shop.posts() == 1
    row = rows(shop("accept", "cdiscount:CD1", "--dry-run", "-o", "jsonl"))[0]
    assert (row["result"], row["reason"]) == ("already_done", "granted before; nothing would be sent")


def test_an_empty_variable_of_the_shell_is_told_as_that(shop: Shop) -> None:
    result = shop("accept", "", "-o", "jsonl")
    said = "an empty word is no order's reference; a variable of the shell may be empty"
    assert (result.code, [(row["ref"], row["result"], row["reason"]) for row in rows(result)]) == (
        1,
        [("", "failed", said)],
    )


def test_off_a_terminal_results_are_tab_separated_and_talk_is_elsewhere(shop: Shop) -> None:
    result = shop("accept", "cdiscount:CD1", "nope")
    assert result.code == 3
    failed, sent = (line.split("\t") for line in result.out.splitlines())
    assert failed == ["nope", "accept", "failed", "nope is not in the cache; run lengowctl sync", "", "{}"]
    assert sent[:4] == ["cdiscount:CD1", "accept", "sent", ""]
    assert result.err.splitlines() == [
        "accept: 1 sent, 1 failed",
        "  (unknown)  1 failed",
        "  cdiscount  1 sent",
        "lengowctl: 1 of 2 was not done; each is named with its reason",
    ]


def test_at_a_terminal_a_line_says_what_became_of_each(shop: Shop) -> None:
    result = shop("accept", "cdiscount:CD1", "fnac:FN1", "--no-color", tty=True, width=60)
    assert result.code == 3
    assert all(len(line) <= 60 for line in result.out.splitlines())
    assert "cdiscount:CD1  sent" in result.out
    assert "expedition_country_code is" in result.out


def test_mixed_input_is_sorted_line_by_line(shop: Shop) -> None:
    """Unknown, ambiguous, done before, wrong status, repeated, blank, comment, heading, byte-order mark, CRLF."""
    shop("accept", "cdiscount:CD2")
    lines = [
        "\ufeffref\tstatus", "cdiscount:CD1\twaiting_acceptance\tx", "", "# a remark", "CD1", "nowhere", "TWIN",
        "cdiscount:CD2", "cdiscount:CS1", '{"ref": "cdiscount:CD3"}', "cdiscount:CD\u200b4", "bol:BO1,x",
    ]  # fmt: skip
    result = shop("accept", "-", "-o", "jsonl", stdin="\r\n".join(lines))
    assert result.code == 3
    found = {row["ref"]: (row["result"], row["reason"]) for row in rows(result)}
    assert found == {
        "nowhere": ("failed", "line 6: nowhere is not in the cache; run lengowctl sync"),
        "TWIN": (
            "failed",
            "line 7: TWIN is the number of several orders; write one of these: cdiscount:TWIN, fnac:TWIN",
        ),
        "cdiscount:CD\u200b4": (
            "failed",
            "line 11: cdiscount:CD\\u200b4 is not in the cache; it holds characters that cannot be seen;"
            " run lengowctl sync",
        ),
        "cdiscount:CS1": (
            "failed",
            "line 9: the order is awaiting shipment; Cdiscount takes accept at waiting_acceptance only",
        ),
        "bol:BO1": ("failed", "line 12: bol does not offer accept; it offers ship, refuse"),
        "cdiscount:CD1": ("sent", None),
        "cdiscount:CD2": ("already_done", found["cdiscount:CD2"][1]),
        "cdiscount:CD3": ("sent", None),
    }
    assert "1 named twice, counted once" in result.err
    assert shop.posts() == 3


def test_filters_select_and_leave_out_what_the_status_does_not_allow(shop: Shop) -> None:
    result = shop("accept", "-m", "cdiscount", "--search", "CD1", "-o", "jsonl")
    assert [row["ref"] for row in rows(result)] == ["cdiscount:CD1"]
    everything = shop("accept", "-m", "cdiscount", "--dry-run", "-o", "jsonl")
    assert everything.code == 0
    assert {row["result"] for row in rows(everything)} == {"would_send", "already_done"}
    assert "left out, their status does not allow it" in everything.err


def test_what_the_marketplace_does_not_take_at_all_is_told_apart(shop: Shop) -> None:
    """A status can change; that Amazon knows no acceptance does not."""
    result = shop("accept", "-m", "amazon_fr,cdiscount", "-s", "waiting_shipment", "--dry-run", tty=True, width=200)
    amazon, cdiscount = (
        shop("list", "-m", code, "-s", "waiting_shipment", "-o", "count").out.strip()
        for code in ("amazon_fr", "cdiscount")
    )
    assert "0" not in (amazon, cdiscount)
    assert result.err == (
        f"nothing to do ({cdiscount} left out, their status does not allow it;"
        f" {amazon} left out, their marketplace does not take it)\n"
    )


def test_where_all_is_left_out_a_script_hears_of_it(shop: Shop) -> None:
    words = ("accept", "-m", "amazon_fr", "-s", "waiting_shipment")
    number = shop("list", *words[1:], "-o", "count").out.strip()
    result = shop(*words)
    assert (result.code, result.out, result.err) == (
        0, "", f"nothing to do ({number} left out, their marketplace does not take it)\n"
    )  # fmt: skip
    assert shop(*words, "--quiet").err == ""


def test_what_nobody_can_judge_is_not_left_out(shop: Shop) -> None:
    """A marketplace without a description may take it all: the orders wait, and that is told."""
    with sqlite3.connect(shop.shell.data / "sandbox" / "orders.db") as cache:
        cache.execute("DELETE FROM marketplaces WHERE code = 'cdiscount'")
    cache.close()
    result = shop("accept", "-s", "waiting_acceptance", "-m", "cdiscount", "--search", "CD1", "-o", "jsonl")
    assert (result.code, [(row["ref"], row["reason"]) for row in rows(result)]) == (
        1, [("cdiscount:CD1", "nothing is known of the marketplace cdiscount; run lengowctl sync")]
    )  # fmt: skip


def test_a_limit_takes_the_first_of_the_selected(shop: Shop) -> None:
    told = shop.told("accept", "-s", "waiting_acceptance", "-m", "cdiscount", "-n", "2", "--sort", "ref", "--dry-run")
    assert told == [("cdiscount:CD1", "would_send"), ("cdiscount:CD2", "would_send")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "which orders? none is named and none is selected"),
        (("cdiscount:CD1", "-s", "waiting_acceptance"), "references and filters together"),
        (("cdiscount:CD1", "--from", "x.csv"), "references and --from together"),
        (("-s", "waiting_acceptance", "--line", "1"), "--line goes with one reference only"),
        (("cdiscount:CD1", "cdiscount:CD2", "--line", "1"), "--line goes with one reference only"),
        (("cdiscount:CD1", "-n", "3"), "--limit and --sort go with filters"),
        (("cdiscount:CD1", "--max-orders", "0"), "--max-orders is less than 1"),
        (("cdiscount:CD1", "--hold", "soon"), "--hold: 'soon' is not a length of time"),
        (("cdiscount:CD1", "--note", " "), "--note is empty"),
        (("cdiscount:CD1", "--arg", "x"), "--arg: 'x' has no name"),
        (("cdiscount:CD1", "--from-country", ""), "--from-country is empty"),
        (("cdiscount:CD1", "--dry-run", "--plan", "p"), "--dry-run writes nothing"),
        (("cdiscount:CD1", "--wait-timeout", "3m"), "--wait-timeout says how long to wait; say --wait too"),
        (("--from", "a.csv", "--from", "b.csv"), "--from is given 2 times: it is not clear which is meant"),
        (("cdiscount:CD1", "--arg", "x=1", "--arg", "x=2"), "--arg x is given twice: it is not clear which is meant"),
        (("cdiscount:CD1", "-o", "xml"), "--format: there is no format 'xml' here"),
    ],
)
def test_what_cannot_be_meant_ends_with_2_and_sends_nothing(shop: Shop, words: tuple[str, ...], says: str) -> None:
    result = shop("accept", *words)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"lengowctl: {says}")
    assert shop.posts() == 0


def test_no_input_is_nothing_to_do(shop: Shop) -> None:
    for words, stdin in ((("-",), ""), (("-",), "\n# nothing\n"), (("-s", "closed", "-m", "bol"), "")):
        assert shop("accept", *words, stdin=stdin) == type(shop("--version"))(0, "", "")
    assert shop("accept", "-s", "closed", "-m", "bol", tty=True).err == "nothing to do\n"


def test_stdin_that_is_the_terminal_is_not_waited_for(shop: Shop) -> None:
    assert shop("accept", "-", tty=True).code == 2


def test_a_dry_run_shows_each_request_and_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    ledger = shop.shell.data / "sandbox" / "ledger.db"
    before = ledger.read_bytes()
    result = shop("accept", "cdiscount:CD1", "fnac:FN1", "--dry-run", "-o", "jsonl")
    assert (result.code, [row["result"] for row in rows(result)]) == (3, ["failed", "would_send"])
    assert shop("accept", "fnac:FN1", "--from-country", "FR", "--dry-run", "-o", "jsonl").out == (
        '{"ref":"fnac:FN1","action":"accept","result":"would_send","reason":null,"action_id":null,'
        '"arguments":{"expedition_country_code":"FR"},"id":null}\n'
    )
    assert shop("accept", "nope", "--dry-run").code == 1
    assert ledger.read_bytes() == before
    assert shop.posts() == 0


def test_a_dry_run_tells_what_would_not_simply_go(shop: Shop) -> None:
    """One is doubtful, of another nobody knows yet whether the marketplace takes it, one is free."""
    with shop.world() as world:
        world.add_fault(parse_fault("reset:route=actions,method=POST"))
    assert shop("accept", "cdiscount:CD1").code == 5
    assert shop("accept", "cdiscount:CD2").code == 0
    result = shop("accept", "cdiscount:CD1", "cdiscount:CD2", "cdiscount:CD3", "--dry-run", "-o", "jsonl")
    assert result.code == 5
    found = {row["ref"]: (row["result"], row["reason"]) for row in rows(result)}
    assert found["cdiscount:CD1"][0] == "doubtful"
    assert found["cdiscount:CD1"][1].endswith("lengowctl actions settle finds out")
    assert found["cdiscount:CD2"] == ("already_done", "granted before; nothing would be sent")
    assert found["cdiscount:CD3"] == ("would_send", None)


def test_formats_carry_the_same_rows(shop: Shop) -> None:
    words = ("accept", "cdiscount:CD1", "fnac:FN1", "--from-country", "FR", "--dry-run")
    lines = rows(shop(*words, "-o", "jsonl"))
    assert json.loads(shop(*words, "-o", "json").out) == lines
    assert shop(*words, "-o", "csv").out == (
        "ref,action,result,reason,action_id,arguments\r\n"
        "cdiscount:CD1,accept,would_send,,,{}\r\n"
        'fnac:FN1,accept,would_send,,,"{""expedition_country_code"":""FR""}"\r\n'
    )
    assert "fnac:FN1" in shop(*words, "-o", "table").out


def test_the_profiles_country_is_filled_in(shop: Shop) -> None:
    assert shop.told("accept", "fnac:FN1", "--arg", "expedition_country_code=DE", "--dry-run") == [
        ("fnac:FN1", "would_send")
    ]


def test_waiting_tells_the_marketplaces_answer(shop: Shop) -> None:
    result = shop("accept", "cdiscount:CD1", "--wait", "-o", "jsonl")
    assert (result.code, rows(result)[0]["result"]) == (0, "done")
    assert shop.effects() == [("cdiscount:CD1", "accept", "executed")]
    with shop.world() as world:
        world.configure(processing_delay=7200)
    late = shop("accept", "cdiscount:CD2", "--wait", "--wait-timeout", "20s", "-o", "jsonl")
    assert (late.code, rows(late)[0]["result"]) == (8, "sent")
    assert late.err.splitlines()[-2:] == [
        "lengowctl: 1 action has no answer yet",
        "  lengowctl actions wait goes on waiting",
    ]


def test_before_any_sync_it_says_so(tmp_path: Path) -> None:
    from ...running import Shell

    result = Shell(tmp_path, env={"LENGOWCTL_PROFILE": "sandbox"})("accept", "cdiscount:CD1")
    assert result.code == 1
    assert "sync" in result.err


def test_of_many_orders_a_terminal_lists_those_that_want_attention(shop: Shop) -> None:
    """When the same command is run again as well: what is done already would bury the rest."""
    with shop.world() as world:
        for number in range(50):
            world.add_order("cdiscount", order_id=f"MANY{number}", status="waiting_acceptance")
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    words = ("accept", "-m", "cdiscount,fnac", "--yes")
    for told in ("59 sent, 4 failed", "59 already done, 4 failed"):
        result = shop(*words, tty=True, width=200, env={"NO_COLOR": "1"})
        assert result.code == 3
        assert "cdiscount" not in result.out
        assert result.out.count("\nfnac:FN") == 2
        assert "59 more went well; -o jsonl or --report FILE lists each\n" in result.err
        assert f"\naccept: {told} (" in result.err


def test_times_in_a_reason_are_the_readers_on_a_terminal_and_utc_for_programs(shop: Shop) -> None:
    """What only looks like one, as the number of an order, stays."""
    odd = ("bol:2026-11-23T12:00:00Z", "2026-99-99T99:99:99Z")
    shop.shell.zone = timezone(timedelta(hours=1))
    here = shop("accept", "cdiscount:CD1", *odd, "--hold", "1h", "--no-color", tty=True, width=200).out
    assert "held back until 23 Nov 14:02; lengowctl actions withdraw 1" in here
    assert all(f"  {ref} is not in the cache" in here for ref in odd)
    assert "held back until 2026-11-23T13:02:00Z;" in shop("accept", "cdiscount:CD1", "--hold", "1h").out
    assert "held until 23 Nov 14:02" in shop("actions", "list", "--no-color", tty=True, width=200).out
    assert "held until 2026-11-23T13:02:00Z" in shop("actions", "list").out
