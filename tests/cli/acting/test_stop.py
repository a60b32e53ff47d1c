"""`stop`: the one of refuse, cancel and refund that applies, what the buyer will see, and then it is done."""

from __future__ import annotations

from ...trading import Shop, rows


def test_the_action_that_applies_is_told_asked_and_done(shop: Shop) -> None:
    result = shop("stop", "cdiscount:CD1", "kaufland_de:KA1", "--reason", "NoInventory", "--wait", "-o", "jsonl",
                  terminal=["y\n"])  # fmt: skip
    assert result.code == 0
    assert sorted((row["ref"], row["action"], row["result"]) for row in rows(result)) == [
        ("cdiscount:CD1", "refuse", "done"),
        ("kaufland_de:KA1", "cancel", "done"),
    ]
    first, second = result.err.splitlines()[:2]
    assert first.startswith("refuse cdiscount:CD1: you tell Cdiscount that you do not take the order")
    assert "The buyer is told" in first
    assert second.startswith("cancel kaufland_de:KA1: you cancel the order at Kaufland")
    assert shop.shell.questions[0].startswith("Send 1 refuse, 1 cancel (")
    assert shop.effects() == [
        ("cdiscount:CD1", "refuse", "executed"),
        ("kaufland_de:KA1", "cancel", "executed"),
    ]


def test_where_nothing_can_be_done_it_says_what_is_left_to_do(shop: Shop) -> None:
    result = shop("stop", "decathlon_fr:DE1", "amazon_fr:AM2", "--yes", "-o", "jsonl")
    assert result.code == 1
    reasons = {row["ref"]: row["reason"] for row in rows(result)}
    assert "do not send it" in reasons["decathlon_fr:DE1"]
    assert "has left, or is over" in reasons["amazon_fr:AM2"]


def test_what_is_stopped_already_is_well(shop: Shop) -> None:
    shop("stop", "cdiscount:CD1", "--yes", "--wait")
    assert shop.told("stop", "cdiscount:CD1") == [("cdiscount:CD1", "already_done")]
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    assert shop.told("stop", "cdiscount:CD1") == [("cdiscount:CD1", "already_done")]


def test_what_was_planned_for_a_stopped_order_is_withdrawn(shop: Shop) -> None:
    shop("accept", "cdiscount:CD1", "--hold", "1h")
    result = shop("stop", "cdiscount:CD1", "--yes")
    assert result.code == 0
    assert "accept, planned by accept" in result.err
    assert shop("actions", "list").out.splitlines()[1].split("\t")[3] == "withdrawn"


def test_an_order_that_was_stopped_is_not_accepted_from_an_old_cache(shop: Shop) -> None:
    shop("stop", "cdiscount:CD1", "--yes", "--wait")
    result = shop("accept", "cdiscount:CD1", "-o", "jsonl")
    assert result.code == 1
    assert rows(result)[0]["reason"].startswith("refuse was sent for this order at 2026-11-23T12:0")


def test_what_was_accepted_is_not_refused_from_an_old_cache(shop: Shop) -> None:
    """The marketplace would say that it is too late; where a refusal is taken after acceptance too, it goes."""
    with shop.world() as world:
        world.add_order("spartoo_fr", order_id="SP1", status="waiting_acceptance")
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    assert shop("accept", "cdiscount:CD1", "spartoo_fr:SP1", "--wait").code == 0
    result = shop("stop", "cdiscount:CD1", "--yes", "-o", "jsonl")
    (row,) = rows(result)
    assert (result.code, row["action"], row["result"]) == (1, "refuse", "failed")
    assert row["reason"].startswith("accept was sent for this order at 2026-11-23T12:")
    assert row["reason"].endswith(" and is done; the cache does not show it yet, lengowctl sync brings it")
    assert shop.told("stop", "spartoo_fr:SP1", "--yes", "--dry-run") == [("spartoo_fr:SP1", "would_send")]
    (early,) = rows(shop("ship", "cdiscount:CD1", "--carrier", "Colissimo", "--tracking-number", "6A12345678901",
                         "-o", "jsonl"))  # fmt: skip
    assert early["reason"].startswith(
        "the order is awaiting acceptance; Cdiscount takes ship at waiting_shipment only; accept was sent for this"
    )
    assert shop.posts() == 2


def test_what_has_left_is_not_stopped_from_an_old_cache(shop: Shop) -> None:
    """Cdiscount would pay it back, and the parcel is on its way; Kaufland would be asked to cancel it."""
    assert shop("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number", "6A12345678901").code == 0
    assert (
        shop("ship", "kaufland_de:KA1", "--carrier", "DPD", "--tracking-number", "05081234567891", "--wait").code == 0
    )
    result = shop("stop", "cdiscount:CS1", "kaufland_de:KA1", "--reason", "NoInventory", "--yes", "-o", "jsonl")
    told = {row["ref"]: (row["result"], row["reason"]) for row in rows(result)}
    assert {result for result, _ in told.values()} == {"failed"}
    left = "The buyer gets the parcel, and the money back only with a refund."
    queued, done = (told[ref][1] for ref in ("cdiscount:CS1", "kaufland_de:KA1"))
    assert queued.endswith(f" and is queued; lengowctl actions wait waits for its answer. {left}")
    assert done.endswith(f" and is done; the cache does not show it yet, lengowctl sync brings it. {left}")
    (accept,) = rows(shop("accept", "cdiscount:CS1", "-o", "jsonl"))
    assert accept["reason"] == "the order is awaiting shipment; Cdiscount takes accept at waiting_acceptance only"
    (cancel,) = rows(shop("cancel", "kaufland_de:KA1", "--reason", "NoInventory", "--yes", "-o", "jsonl"))
    assert cancel["reason"].startswith("ship was sent for this order at 2026-11-23T12:")
    assert shop.posts() == 2


def test_a_dry_run_asks_nothing(shop: Shop) -> None:
    assert shop.told("stop", "bol:BO1", "--reason", "OUT_OF_STOCK", "--dry-run") == [("bol:BO1", "would_send")]
