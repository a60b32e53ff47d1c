"""`refund`: parts of the money, and the same refund once more on purpose."""

from __future__ import annotations

from decimal import Decimal

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
    assert (unknowing.code, rows(unknowing)[0]["result"], told in rows(unknowing)[0]["reason"]) == (1, "failed", True)
    knowing = shop(*words, "OTHER")
    assert (knowing.code, told in rows(knowing)[0]["reason"], shop.posts()) == (1, True, posts)
