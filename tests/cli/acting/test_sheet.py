"""Files of orders with their arguments, as spreadsheets and reports have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ...trading import Shop, rows

ZALANDO = ("--carrier", "DPD", "--tracking-number", "05081234567891", "--arg", "return_tracking_number=")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parcels.csv"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "report.jsonl"


def waits(shop: Shop, marketplace: str, number: str, lines: int = 1) -> list[str]:
    """One more order that waits for its shipment; the ids of its lines, of three pieces each."""
    with shop.world() as world:
        ref = world.add_order(marketplace, order_id=number, status="waiting_shipment")
        order = world.order(*ref)
        (first, *_) = order["packages"][0]["cart"]
        cart = [{**first, "marketplace_order_line_id": f"{number}-{place}", "quantity": 3} for place in range(lines)]
        order["packages"][0]["cart"] = cart
        world.touch(ref, packages=order["packages"])
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    return [line["marketplace_order_line_id"] for line in cart]


def test_a_spreadsheets_leftovers_are_no_rows(shop: Shop, file: Path) -> None:
    file.write_text("sep=;\r\nref;carrier;tracking_number\r\ncdiscount:CS1;Colissimo;6A12345678901\r\n;;\r\n;;\r\n")
    assert shop.told("ship", "--from", str(file), "--dry-run") == [("cdiscount:CS1", "would_send")]


def test_a_quote_that_takes_whole_rows_is_told(shop: Shop, file: Path) -> None:
    """Two inches make one quote each: what lies between them is no remark on the first row."""
    file.write_text(
        "ref,carrier,tracking_number,title\n"
        'cdiscount:CS1,Colissimo,6A12345678901,"19 inch\n'
        "cdiscount:CS2,Colissimo,6A22345678901,x\n"
        'cdiscount:CS3,Colissimo,6A32345678901,24 inch"\n'
        'cdiscount:CS4,Colissimo,6A42345678901,"two\nlines:1, no row"\n'
    )
    result = shop("ship", "--from", str(file), "--dry-run", "-o", "jsonl")
    assert [(row["ref"], row["result"], row["reason"]) for row in rows(result)] == [
        ("", "failed", "line 2: a quote is opened here that takes the rows after it; close it, or leave it out"),
        ("cdiscount:CS4", "would_send", None),
    ]


def test_a_row_without_a_reference_keeps_what_it_has(shop: Shop, file: Path) -> None:
    """The report has it all, so that only the reference has to be added."""
    file.write_text("ref,carrier,tracking_number\n,Colissimo,6A12345678901\n")
    (row,) = rows(shop("ship", "--from", str(file), "-o", "jsonl"))
    assert (row["ref"], row["reason"], row["arguments"]) == (
        "", "line 2: it has no ref", {"carrier": "Colissimo", "tracking_number": "6A12345678901"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ref,line,quantity\n{ref},{one},2\n", {"1": "2"}),
        ("ref|line|shipped_quantity\n{ref}|{one}|2\n{ref}|{two}|\n", {"1": "2", "2": "3"}),
        ('{{"ref":"{ref}","line":"{one}","quantity":2}}\n', {"1": "2"}),
        ('{{\n "ref": "{ref}",\n "line": "{one}=2"\n}}\n', {"1": "2"}),
        ("ref,line,quantity\n{ref},{one}=1,2\n", "how many pieces is said twice, with the line and beside it"),
        ("ref,line,quantity\n{ref},{one},some\n", "there is no line {one}=some in this order"),
        ("ref,quantity\n{ref},2\n", "--arg quantity: say of which line"),
    ],
)
def test_pieces_beside_a_line_are_of_that_line(shop: Shop, file: Path, text: str, found: dict[str, str] | str) -> None:
    """A part must never become the whole because its number stood in a column of its own."""
    one, two = waits(shop, "demo_quantity", "DQ1", lines=2)
    file.write_text(text.format(ref="demo_quantity:DQ1", one=one, two=two))
    words = ("--carrier", "DHL", "--tracking-number", "003404341612", "--dry-run", "-o", "jsonl")
    told = rows(shop("ship", "--from", str(file), *words))
    if isinstance(found, str):
        assert [row["result"] for row in told] == ["failed"]
        assert found.format(one=one) in told[0]["reason"]
    else:
        pieces = {row["arguments"]["line"]: row["arguments"]["quantity"] for row in told}
        assert pieces == {{"1": one, "2": two}[key]: number for key, number in found.items()}


def test_a_packing_list_with_numbers_added_ships_its_orders(shop: Shop, file: Path) -> None:
    """Its lines and their pieces are what the orders hold; that they are not used is said."""
    (line,) = waits(shop, "fnac", "FS1")
    file.write_text(f"ref,line_id,sku,quantity,carrier,tracking_number\nfnac:FS1,{line},X,3,DPD,05081234567891\n")
    result = shop("ship", "--from", str(file), "--dry-run", "-o", "jsonl")
    assert [row["arguments"] for row in rows(result)] == [{"carrier": "DPD", "tracking_number": "05081234567891"}]
    assert result.err.splitlines()[0] == f"lengowctl: warning: {file}: not used by ship: line_id (a column line is)"


def test_a_bare_list_is_sent_to_the_pipe(shop: Shop, file: Path) -> None:
    file.write_text("cdiscount:CD1\ncdiscount:CD2\n")
    assert shop("accept", "--from", str(file)).err == (
        f"lengowctl: {file}: no column is called ref\n"
        f"  the first line names the columns; one is ref; a bare list of references is for accept - < {file}\n"
    )
    empty = shop("accept", "--from", "")
    assert (empty.code, empty.err) == (2, "lengowctl: --from is empty\n  a variable of the shell may be empty\n")


def test_an_empty_amount_is_not_all_of_it(shop: Shop, file: Path) -> None:
    """A cell that somebody forgot must not pay a whole order back."""
    with shop.world() as world:
        world.add_order("laredoute_mirakl", order_id="LM1", status="shipped")
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    why = "amount is empty: say how much; only without that column all of it is meant"
    for text in ("ref,amount\nlaredoute_mirakl:LM1,\n", '{"ref":"laredoute_mirakl:LM1","amount":null}\n'):
        file.write_text(text)
        (row,) = rows(shop("refund", "--from", str(file), "--reason", "14", "--dry-run", "-o", "jsonl"))
        assert (row["result"], row["reason"].partition(": ")[2]) == ("failed", why)
    file.write_text("ref,amount\nlaredoute_mirakl:LM1,\n")
    (typed,) = rows(shop("refund", "--from", str(file), "--amount", "1", "--dry-run", "-o", "jsonl"))
    assert why not in typed["reason"]


def test_parcels_without_a_number_are_told_of(shop: Shop, file: Path) -> None:
    waits(shop, "fnac", "FS1")
    file.write_text("ref,carrier,tracking_number\nfnac:FS1,DPD,\n")
    result = shop("ship", "--from", str(file), "--dry-run")
    assert result.err.splitlines()[0] == f"lengowctl: warning: {file}: tracking_number is empty in 1 row (line 2)"
    assert result.code == 0


def test_a_table_of_results_is_no_file_of_orders(shop: Shop, file: Path) -> None:
    """Its reason is why an order failed; it must not become the reason that a buyer reads."""
    file.write_text(shop("refuse", "cdiscount:CS1", "-o", "csv").out)
    result = shop("refuse", "--from", str(file), "--yes")
    assert (result.code, result.err) == (
        2, f"lengowctl: {file} is a table of results\n  --report FILE writes what --from reads\n"
    )  # fmt: skip


def test_what_was_sent_line_by_line_is_found_again_by_its_report(shop: Shop, report: Path) -> None:
    one, two = waits(shop, "demo_quantity", "DQ1", lines=2)
    words = ("ship", "demo_quantity:DQ1", "--carrier", "DHL", "--tracking-number", "003404341612")
    sent = shop(*words, "--line", f"{one}=2", "--line", two, "--report", str(report))
    assert (sent.code, shop.posts()) == (0, 2)
    result = shop("ship", "--from", str(report), "-o", "jsonl")
    found = {row["arguments"]["line"]: (row["result"], row["arguments"]["quantity"]) for row in rows(result)}
    assert found == {one: ("already_done", "2"), two: ("already_done", "3")}
    assert shop.posts() == 2


def test_what_was_left_out_on_purpose_is_left_out_by_its_report_too(shop: Shop, report: Path) -> None:
    waits(shop, "zalando_fr", "ZA1")
    assert shop("ship", "zalando_fr:ZA1", *ZALANDO[:4]).code == 1
    words = ("--report", str(report))
    assert shop.told("ship", "zalando_fr:ZA1", *ZALANDO, *words, "--dry-run") == [("zalando_fr:ZA1", "would_send")]
    assert shop.told("ship", "--from", str(report), *words) == [("zalando_fr:ZA1", "sent")]
    assert shop.told("ship", "--from", str(report)) == [("zalando_fr:ZA1", "already_done")]


def test_a_number_that_was_vouched_for_is_found_again_without_that(shop: Shop, report: Path) -> None:
    words = ("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number", "0000", "--report", str(report))
    assert shop(*words).code == 1
    assert shop.told(*words, "--force-tracking") == [("cdiscount:CS1", "sent")]
    assert shop.told(*words) == [("cdiscount:CS1", "already_done")]
    assert shop.told("ship", "--from", str(report)) == [("cdiscount:CS1", "already_done")]
    assert shop.posts() == 1
