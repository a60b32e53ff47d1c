"""`ship`: arguments from options and files, carriers, parcel numbers, lines and parcels."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ...trading import Shop, rows

NUMBER = "6A12345678901"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parcels.csv"


def test_options_become_the_marketplaces_arguments(shop: Shop) -> None:
    result = shop("ship", "cdiscount:CS1", "--carrier", "colissimo", "--tracking-number", NUMBER, "-o", "jsonl")
    assert result.code == 0
    assert rows(result)[0]["arguments"] == {"carrier": "Colissimo", "tracking_number": NUMBER}


def test_what_a_marketplace_has_no_argument_for_is_left_out_and_said(shop: Shop) -> None:
    result = shop("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number", NUMBER,
                  "--shipping-method", "Normal", "--dry-run", "-o", "jsonl")  # fmt: skip
    assert "lengowctl: warning: Cdiscount takes no --shipping-method for ship; it is left out\n" in result.err
    assert rows(result)[0]["arguments"] == {"carrier": "Colissimo", "tracking_number": NUMBER}


def test_a_parcel_said_twice_is_not_lost_in_silence(shop: Shop) -> None:
    """Whoever gives two numbers means two parcels, and the later one would win without a word."""
    words = ("--carrier", "Colissimo", "--tracking-number", NUMBER, "--tracking-number", "6A12345678918")
    for verb in (("ship", "cdiscount:CS1"), ("actions", "retry", "1")):
        result = shop(*verb, *words)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("lengowctl: --tracking-number is given 2 times: it is not clear which is meant\n")
    assert shop.posts() == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--carrier", "colisimo", "--tracking-number", NUMBER), "did you mean Colissimo?"),
        (("--carrier", "Colissimo", "--tracking-number", "N/A"), "'N/A' is no parcel's number"),
        (("--carrier", "Colissimo"), "tracking_number is required: give --tracking-number"),
        (("--tracking-number", NUMBER, "--carrier", "DHL", "--arg", "colour=red"), "has no such argument for ship"),
    ],
)
def test_nothing_wrong_leaves(shop: Shop, words: tuple[str, ...], says: str) -> None:
    result = shop("ship", "cdiscount:CS1", *words, "-o", "jsonl")
    assert (result.code, rows(result)[0]["result"]) == (1, "failed")
    assert says in rows(result)[0]["reason"]
    assert shop.posts() == 0


def test_the_tracking_guard_is_overruled_for_one_run(shop: Shop) -> None:
    words = ("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number", "0000")
    assert shop(*words).code == 1
    result = shop(*words, "--force-tracking")
    assert result.code == 0
    assert "sent all the same (--force-tracking)" in result.err


def test_one_number_on_two_orders_is_stopped_in_one_run_and_over_two(shop: Shop, file: Path) -> None:
    file.write_text(
        f"ref,carrier,tracking_number\ncdiscount:CS1,Colissimo,{NUMBER}\ncdiscount:CS2,Colissimo,{NUMBER}\n"
    )
    result = shop("ship", "--from", str(file), "-o", "jsonl")
    assert (result.code, [row["result"] for row in rows(result)]) == (1, ["failed", "failed"])
    assert shop("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number", NUMBER).code == 0
    later = shop("ship", "cdiscount:CS2", "--carrier", "Colissimo", "--tracking-number", f"{NUMBER[:3]} {NUMBER[3:]}")
    assert later.code == 1
    assert "is on cdiscount:CS1 already" in later.out


def test_a_file_gives_each_order_its_arguments(shop: Shop, file: Path) -> None:
    """As a spreadsheet saves it: byte-order mark, semicolons, CRLF, blank lines, remarks, columns of no use."""
    file.write_bytes(
        b"\xef\xbb\xbfRef;Tracking-Number;carrier;customer\r\n"
        b"# the morning's parcels\r\n"
        b"cdiscount:CS1;6A12345678901;Colissimo;x\r\n\r\n"
        b"cdiscount:CS2;6A22345678901;;y\r\n"
        b"cdiscount:CS1;6A12345678901;Colissimo;x\r\n"
    )
    result = shop("ship", "--from", str(file), "--carrier", "Chronopost", "-o", "jsonl")
    told = {row["ref"]: (row["result"], row["reason"] or row["arguments"]) for row in rows(result)}
    assert told["cdiscount:CS1"] == ("sent", {"carrier": "Colissimo", "tracking_number": "6A12345678901"})
    assert told["cdiscount:CS2"] == ("sent", {"carrier": "Chronopost", "tracking_number": "6A22345678901"})
    assert "1 named twice, counted once" in result.err


def test_json_lines_and_a_pipe_do_the_same(shop: Shop) -> None:
    lines = [
        {"ref": "cdiscount:CS1", "carrier": "Colissimo", "tracking_number": "6A12345678901"},
        {"ref": "bol:BO1", "tracking_number": "JVGL12345678", "arg": {"carrier": "DHL"}, "title": "x"},
        {"ref": "bol:BO2", "tracking_number": {"a": 1}},
        ["no object"],
    ]
    text = "\n".join(map(json.dumps, lines)) + "\n# done\n{broken\n"
    result = shop("ship", "--from", "-", "-o", "jsonl", stdin=text)
    failed, sent = rows(result)[:3], rows(result)[3:]
    assert sorted((row["ref"], row["result"]) for row in sent) == [("bol:BO1", "sent"), ("cdiscount:CS1", "sent")]
    assert [(row["ref"], row["result"], row["reason"]) for row in failed] == [
        ("bol:BO2", "failed", "line 3: tracking_number: it is no plain value; write it as one text"),
        ("", "failed", "line 4: it is no JSON object"),
        (
            "",
            "failed",
            "line 6: it cannot be read as JSON: expecting property name enclosed in double quotes (character 2)",
        ),
    ]


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("cdiscount:CS1\n", 2, "no column is called ref"),
        ("ref,trackin_number\ncdiscount:CS1,1\n", 2, "the column 'trackin_number' means nothing here"),
        ("", 0, ""),
        ("ref\n", 0, ""),
    ],
)
def test_a_file_that_makes_no_sense_is_told_at_once(shop: Shop, file: Path, text: str, code: int, says: str) -> None:
    file.write_text(text)
    result = shop("ship", "--from", str(file))
    assert (result.code, result.out) == (code, "")
    assert says in result.err


def test_a_file_in_another_encoding_is_read_where_no_letter_has_to_be_guessed(shop: Shop, file: Path) -> None:
    """As a spreadsheet of Western Europe saves it: what is not used may hold any byte, what is sent may not."""
    file.write_bytes(
        "ref;carrier;tracking_number;Prénom\n"
        "cdiscount:CS1;Colissimo;6A12345678901;Zoé\ncdiscount:CS2;Colis Privé;6A22345678901;Léa\n;;;\n".encode(
            "latin-1"
        )
    )
    result = shop("ship", "--from", str(file), "-o", "jsonl")
    told = [(row["ref"], row["result"], row["reason"]) for row in rows(result)]
    why = "line 3: carrier: it is not UTF-8; save the file as CSV UTF-8, so that no letter is guessed"
    assert (result.code, told) == (3, [("cdiscount:CS2", "failed", why), ("cdiscount:CS1", "sent", None)])
    assert "not used by ship: Pr\ufffdnom" in result.err


def test_utf_16_is_read_when_it_says_so(shop: Shop, file: Path) -> None:
    text = "ref\tcarrier\ttracking_number\r\ncdiscount:CS1\tColissimo\t6A12345678901\r\n"
    file.write_bytes(text.encode("utf-16"))
    assert shop("ship", "--from", str(file)).code == 0
    file.write_bytes(text.encode("utf-16")[:-1])
    cut = shop("ship", "--from", str(file))
    assert (cut.code, cut.err.splitlines()[0]) == (
        2,
        f"lengowctl: {file} begins as UTF-16 and is not, or was cut short",
    )
    file.write_bytes(text.encode("utf-16-le"))
    bare = shop("ship", "--from", str(file))
    assert (bare.code, "is no plain text: its first line holds the character 0" in bare.err) == (2, True)
    assert shop("ship", "--from", str(file) + "x").code == 1
    assert shop.posts() == 1


def test_rows_that_contradict_each_other_name_both(shop: Shop, file: Path) -> None:
    file.write_text("ref,carrier,tracking_number\nbol:BO1,DHL,1234567890123\nbol:BO1,DHL,1234567890124\n")
    result = shop("ship", "--from", str(file), "-o", "jsonl")
    assert {row["reason"] for row in rows(result)} == {
        "line 2 and line 3 give bol:BO1 two parcels, which bol does not take for the same goods;"
        " ship line by line, or keep one"
    }


def test_several_parcels_of_one_order_where_the_marketplace_takes_them(shop: Shop, file: Path) -> None:
    file.write_text(
        "ref,carrier,tracking_number\n"
        "ebay_fr:EB1,FR_ColiposteColissimo,6A12345678901\nebay_fr:EB1,FR_ColiposteColissimo,6A22345678901\n"
    )
    result = shop("ship", "--from", str(file), "--wait", "-o", "jsonl")
    assert (result.code, [row["result"] for row in rows(result)]) == (0, ["done", "done"])
    assert shop("ship", "--from", str(file), "-o", "jsonl").code == 0
    assert shop.posts() == 2


def test_pieces_of_a_line_and_then_the_rest(shop: Shop) -> None:
    with shop.world() as world:
        ref = world.add_order("demo_quantity", order_id="DQ1", status="waiting_shipment")
        order = world.order(*ref)
        line = order["packages"][0]["cart"][0]
        line["quantity"] = 3
        world.touch(ref, packages=order["packages"])
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    number = line["marketplace_order_line_id"]
    words = ("ship", "demo_quantity:DQ1", "--carrier", "DHL", "-o", "jsonl", "--force-tracking")
    part = shop(*words, "--line", f"{number}=2", "--tracking-number", "1234567890123")
    assert rows(part)[0]["arguments"]["quantity"] == "2"
    again = shop(*words, "--line", f"{number}=2", "--tracking-number", "1234567890123")
    assert rows(again)[0]["result"] == "already_done"
    too_many = shop(*words, "--line", f"{number}=2", "--tracking-number", "1234567890124")
    assert "has 1 of 3 left; 2 cannot be asked for" in rows(too_many)[0]["reason"]
    rest = shop(*words, "--line", str(number), "--tracking-number", "1234567890124")
    assert rows(rest)[0]["arguments"]["quantity"] == "1"


def test_a_report_is_read_back_and_replaced(shop: Shop, tmp_path: Path) -> None:
    """What failed is corrected in the report itself and sent with the rest, which is done already."""
    report = tmp_path / "report.jsonl"
    words = ("--report", str(report), "-o", "jsonl")
    file = tmp_path / "parcels.csv"
    file.write_text(
        "ref,carrier,tracking_number\ncdiscount:CS1,Colissimo,6A12345678901\ncdiscount:CS2,Colis,6A22345678901\n"
    )
    first = shop("ship", "--from", str(file), *words)
    assert first.code == 3
    assert report.read_text() == first.out
    assert report.stat().st_mode & 0o777 == 0o600
    report.write_text(report.read_text().replace('"Colis"', '"Colissimo"'))
    second = shop("ship", "--from", str(report), *words)
    assert second.code == 0
    assert {row["ref"]: row["result"] for row in rows(second)} == {
        "cdiscount:CS1": "already_done",
        "cdiscount:CS2": "sent",
    }
    assert report.read_text() == second.out
    wrong = shop("refund", "--from", str(report), "--yes", "-o", "jsonl")
    assert rows(wrong)[0]["reason"] == "line 1: it is the result of ship, not of refund"


def test_a_report_replaces_nothing_but_a_report(shop: Shop, tmp_path: Path) -> None:
    precious = tmp_path / "orders.csv"
    precious.write_text("ref\ncdiscount:CS1\n")
    result = shop("accept", "cdiscount:CD1", "--report", str(precious))
    assert (result.code, shop.posts()) == (1, 0)
    assert "is already there and is no report" in result.err
    assert precious.read_text() == "ref\ncdiscount:CS1\n"
    assert shop("accept", "cdiscount:CD1", "--report", str(tmp_path / "none" / "r.jsonl")).code == 1
    assert shop.posts() == 0


def test_the_same_goods_are_not_shipped_twice_with_other_arguments(shop: Shop) -> None:
    """A warehouse file run again with a corrected number is a second parcel to a marketplace that takes one."""
    words = ("ship", "cdiscount:CS1", "--carrier", "Colissimo", "-o", "jsonl", "--tracking-number")
    assert shop(*words, NUMBER).code == 0
    other = shop(*words, "6A99945678901")
    assert (other.code, shop.posts()) == (1, 1)
    assert rows(other)[0]["reason"].endswith("and is queued; --again sends it once more, with these arguments")
    assert rows(shop(*words, NUMBER))[0]["result"] == "already_done"
    assert shop.told(*words[:4], "--tracking-number", "6A99945678901", "--again") == [("cdiscount:CS1", "sent")]
    assert shop.posts() == 2


def test_where_several_parcels_are_taken_another_one_is_another_one(shop: Shop) -> None:
    words = ("ship", "ebay_fr:EB1", "--carrier", "FR_ColiposteColissimo", "--tracking-number")
    for number in (NUMBER, "6A99945678901"):
        assert shop.told(*words, number) == [("ebay_fr:EB1", "sent")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('ref,carrier\nnobody,"DPD\ncdiscount:CS1,DPD\ncdiscount:CS2,DPD\n',
         ["line 2: a quote is opened here and never closed, so that the 2 lines after it could not be read"]),
        ('ref,carrier\nnobody,"DPD', ["line 2: a quote is opened here and never closed"]),
        ('ref,carrier\nnobody,"D"PD\nno one,DPD\n',
         ["line 2: it cannot be read as CSV: ',' expected after '\"'",
          "line 3: no one is not in the cache; run lengowctl sync"]),
    ],
)  # fmt: skip
def test_a_row_that_is_no_csv_is_told_and_what_it_takes_with_it(
    shop: Shop, file: Path, text: str, told: list[str]
) -> None:
    file.write_text(text)
    result = shop("ship", "--from", str(file), "--dry-run", "-o", "jsonl")
    assert (result.code, [row["reason"] for row in rows(result)]) == (1, told)


def test_a_heading_that_says_the_same_twice_is_refused(shop: Shop, file: Path) -> None:
    file.write_text("ref,Tracking-Number,tracking_number\ncdiscount:CS1,1,2\n")
    result = shop("ship", "--from", str(file))
    assert (result.code, result.err) == (
        2, f"lengowctl: {file}: two columns are called tracking_number\n  keep the one that is meant\n"
    )  # fmt: skip
    file.write_text('"ref,tracking_number\n')
    assert "its first line cannot be read as CSV" in shop("ship", "--from", str(file)).err


def test_a_long_reason_is_told_once_to_people_and_every_time_to_programs(shop: Shop) -> None:
    refs = ("fnac:FN1", "fnac:FN2", "cdiscount:CD1")
    people = shop("accept", "-", "--dry-run", "-o", "table", stdin="\n".join(refs), width=200).out
    assert people.count("expedition_country_code is required") == 1
    assert "line 2: for the same reason as fnac:FN1" in people
    programs = shop("accept", "-", "--dry-run", stdin="\n".join(refs)).out
    assert programs.count("expedition_country_code is required") == 2


def test_where_references_leave_no_room_beside_them_the_reason_stands_below(shop: Shop, file: Path) -> None:
    file.write_text(f"ref,carrier,tracking_number\ncdiscount:CS1,Colisimo,{NUMBER}\ncdiscount:NONE,,\n")
    result = shop("ship", "--from", str(file), "--dry-run", tty=True, width=60, env={"NO_COLOR": "1"})
    assert result.out.splitlines() == [
        "cdiscount:NONE  failed",
        "    line 3: cdiscount:NONE is not in the cache; run",
        "    lengowctl sync",
        "cdiscount:CS1   failed",
        "    line 2: --carrier: 'Colisimo' is no carrier of",
        "    Cdiscount; did you mean Colissimo?",
    ]


def test_a_row_of_a_table_is_no_reference_and_its_buyer_is_not_named(shop: Shop) -> None:
    table = shop("list", "-m", "cdiscount", "-s", "waiting_shipment", "-o", "table", width=120)
    result = shop("accept", "-", "--dry-run", "-o", "jsonl", stdin=table.out)
    assert result.code == 1
    assert all("is no reference; a line begins with one" in row["reason"] for row in rows(result))
    assert all(len(row["ref"]) <= 25 for row in rows(result))


def test_the_sandbox_works_beside_a_broken_configuration_and_says_what_it_lacks(shop: Shop) -> None:
    words = ("ship", "cdiscount:CS1", "--carrier", "Colissimo", "--tracking-number", NUMBER)
    shop.shell.write_config("[carriers\n")
    result = shop(*words)
    assert (result.code, result.err.count("; the sandbox goes on without your carriers' names\n")) == (0, 1)
