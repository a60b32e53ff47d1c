"""`refund`: parts of the money, and the same refund once more on purpose."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from lengowctl.cli.runtime import Runtime
from lengowctl.sandbox.faults import parse_fault

from ...outbox.conftest import Inline
from ...running import finish
from ...trading import Shop, rows


def _line(shop: Shop) -> str:
    with shop.world() as world:
        order = world.order("amazon_fr", "AM2")
        return str(order["packages"][0]["cart"][0]["marketplace_order_line_id"])


def test_the_same_refund_twice_is_one_unless_again_is_said(shop: Shop) -> None:
    words = (
        "refund", "amazon_fr:AM2", "--line", _line(shop), "--reason", "CustomerReturn", "--amount", "1",
        "--shipping-amount", "0", "--arg", "refund_taxes=0", "--arg", "refund_shipping_taxes=0", "--yes", "--wait",
        "-o", "jsonl",
    )  # fmt: skip
    first = shop(*words)
    assert (first.code, rows(first)[0]["result"]) == (0, "done")
    assert rows(shop(*words))[0]["result"] == "already_done"
    again = shop(*words, "--again")
    assert (again.code, rows(again)[0]["result"]) == (0, "done")
    assert len(shop.effects()) == 2


def test_an_amount_where_amounts_are_not_taken_is_refused(shop: Shop) -> None:
    """Cdiscount pays all back or nothing: a part must never become the whole."""
    result = shop("refund", "cdiscount:CS1", "--reason", "x", "--amount", "1", "--dry-run", "-o", "jsonl")
    assert result.code == 1
    assert "takes no --amount for refund" in rows(result)[0]["reason"]


def test_parts_never_come_to_more_than_was_paid(shop: Shop) -> None:
    """Each part is less than the order's total; together they must be too, however often --again is said."""
    with shop.world() as world:
        ref = world.add_order("kaufland_de", order_id="KB1", status="shipped")
        total = Decimal(str(world.order(*ref)["total_order"]))
    shop.shell.clock.sleep(120)
    assert shop("sync").code == 0
    part = f"{total * 2 / 5:.2f}"
    words = ("refund", "kaufland_de:KB1", "--reason", "LATE", "--amount", part, "--yes", "--wait", "-o", "jsonl")
    assert shop(*words).code == 0
    assert shop(*words, "--again").code == 0
    third = shop(*words, "--again")
    assert (third.code, rows(third)[0]["result"]) == (1, "failed")
    assert f"of {total} is paid back already, or on its way; {part} more is too much" in str(rows(third)[0]["reason"])
    assert rows(shop(*words))[0]["result"] == "already_done"
    other = shop("refund", "kaufland_de:KB1", "--reason", "OTHER", "--amount", part, "--yes", "-o", "jsonl")
    assert "is paid back already" in str(rows(other)[0]["reason"])
    assert shop.posts() == 2


def test_what_was_paid_back_in_a_back_office_counts_too(shop: Shop) -> None:
    """Our ledger knows nothing of it (it is another one); the order shows it, cached or read afresh."""
    with shop.world() as world:
        ref = world.add_order("kaufland_de", order_id="KB2", status="shipped")
        total = Decimal(str(world.order(*ref)["total_order"]))
    shop.shell.clock.sleep(120)
    assert shop("sync").code == 0
    part = f"{total * 3 / 5:.2f}"
    words = ("refund", "kaufland_de:KB2", "--amount", part, "--yes", "--wait", "-o", "jsonl", "--reason")
    folder = shop.shell.data / "sandbox"
    kept = {name: (folder / name).read_bytes() for name in ("orders.db", "ledger.db")}
    assert shop(*words, "LATE").code == 0
    for name, content in kept.items():  # as if somebody else had done it
        (folder / name).write_bytes(content)
    posts = shop.posts()
    unknowing = shop(*words, "OTHER")
    told = f"{part} of {total} is paid back already, or on its way; {part} more is too much"
    (row,) = rows(unknowing)
    assert (unknowing.code, row["result"], row["reason"].partition("; lengowctl")[0]) == (
        1,
        "not_sent",
        f"--amount: {told}",
    )
    knowing = shop(*words, "OTHER")
    assert (knowing.code, told in rows(knowing)[0]["reason"], shop.posts()) == (1, True, posts)


def _two_lines(shop: Shop) -> tuple[str, list[str]]:
    """An order of two lines, 20.00 each and 10.00 for shipping: its reference, and its lines."""
    with shop.world() as world:
        ref = world.add_order("decathlon_fr", order_id="DE2", status="shipped")
        package = world.order(*ref)["packages"][0]
        cart = [{**package["cart"][0], "marketplace_order_line_id": line} for line in ("L1", "L2")]
        for line in cart:
            line["amount"] = line["original_amount"] = "20.00"
        world.touch(
            ref,
            packages=[{**package, "cart": cart}],
            total_order="50.00", original_total_order="50.00", shipping="10.00", original_shipping="10.00",
        )  # fmt: skip
    shop.shell.clock.sleep(120)
    assert shop("sync").code == 0
    return ":".join(ref), ["L1", "L2"]


TOO_MUCH = "line 3: --amount: 30.00 of 50.00 is paid back already, or on its way; 30.00 more is too much"


def test_parts_of_several_lines_in_one_file_never_come_to_more_than_was_paid(shop: Shop, tmp_path: Path) -> None:
    """Each of them may be asked for alone, and nothing was paid back before: together they are too much."""
    ref, lines = _two_lines(shop)
    file = tmp_path / "refunds.csv"
    file.write_text("ref,line,amount\n" + "".join(f"{ref},{line},30\n" for line in lines))
    dry = shop("refund", "--from", str(file), "--reason", "15", "--dry-run", "-o", "jsonl")
    assert [(row["result"], row["reason"]) for row in rows(dry)] == [("failed", TOO_MUCH), ("would_send", None)]
    result = shop("refund", "--from", str(file), "--reason", "15", "--yes", "-o", "jsonl")
    assert [(row["result"], row["reason"]) for row in rows(result)] == [("failed", TOO_MUCH), ("sent", None)]
    again = shop("refund", "--from", str(file), "--reason", "15", "--yes", "-o", "jsonl")
    assert sorted(row["result"] for row in rows(again)) == ["already_done", "failed"]
    assert shop.posts() == 1


def test_what_is_claimed_together_is_checked_together(shop: Shop) -> None:
    """Both were planned by commands of their own, and leave in one commit."""
    ref, lines = _two_lines(shop)
    for line in lines:
        words = ("refund", ref, "--line", line, "--amount", "30", "--reason", "15", "--yes", "--hold", "1h")
        assert shop(*words).code == 0
    shop.shell.clock.sleep(3601)
    runtime = Runtime(shop.shell.machine())
    runtime.outbox_settings = {"crew": Inline}
    result = finish(("actions", "retry", ref, "--yes", "-o", "jsonl"), runtime)
    assert sorted(row["result"] for row in rows(result)) == ["not_sent", "sent"]
    assert shop.posts() == 1


def test_one_amount_for_several_lines_counts_for_each(shop: Shop) -> None:
    ref, lines = _two_lines(shop)
    words = ("refund", ref, "--line", lines[0], "--line", lines[1], "--reason", "15", "--yes", "-o", "jsonl")
    result = shop(*words, "--amount", "25.01")
    assert (result.code, rows(result)[0]["reason"]) == (1, "--amount: 50.02 in all is more than was paid (50.00)")
    assert (shop(*words, "--amount", "25").code, shop.posts()) == (0, 2)


def test_of_several_lines_the_one_that_was_refused_is_asked_for_again(shop: Shop) -> None:
    """The same command once more: what was granted is done, and is not counted twice."""
    ref, lines = _two_lines(shop)
    with shop.world() as world:
        world.add_fault(parse_fault("530:route=actions,method=POST,skip=1"))
    words = ("refund", ref, "--line", lines[0], "--line", lines[1], "--reason", "15", "--yes", "-o", "jsonl")
    first = shop(*words, "--amount", "25")
    assert sorted(row["result"] for row in rows(first)) == ["rejected", "sent"]
    again = shop(*words, "--amount", "25")
    assert (again.code, sorted(row["result"] for row in rows(again))) == (0, ["already_done", "sent"])
    assert sorted(outcome for _, _, outcome in _settled(shop)) == ["executed"] * 2


def _settled(shop: Shop) -> list[tuple[str, str, str]]:
    shop.shell.clock.sleep(60)
    return shop.effects()
