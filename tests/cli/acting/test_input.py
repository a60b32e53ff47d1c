"""Which orders are meant: what comes through a pipe, in whatever shape programs and spreadsheets give it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ...running import Result
from ...trading import Shop, rows


def piped(content: bytes) -> str:
    """What stdin hands on of these bytes."""
    return content.decode("utf-8", "surrogateescape")


def test_semicolons_divide_where_the_heading_says_so(shop: Shop) -> None:
    assert shop.told("accept", "-", "--dry-run", stdin='Ref;Status\r\ncdiscount:CD1;x\r\n"cdiscount:CD2";y,z\r\n') == [
        ("cdiscount:CD1", "would_send"),
        ("cdiscount:CD2", "would_send"),
    ]


def test_utf_16_is_read_line_by_line_when_it_says_so(shop: Shop) -> None:
    text = "ref\tstatus\r\ncdiscount:CD1\tx\r\nnowhere\ty\r\n"
    for content in (text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")):
        result = shop("accept", "-", "--dry-run", "-o", "jsonl", stdin=piped(content))
        assert [(row["ref"], row["reason"]) for row in rows(result)] == [
            ("nowhere", "line 3: nowhere is not in the cache; run lengowctl sync"),
            ("cdiscount:CD1", None),
        ]
    bare = shop("accept", "-", stdin=piped(text.encode("utf-16-le")))
    assert (bare.code, bare.out, bare.err) == (
        2,
        "",
        "lengowctl: stdin is no plain text: it holds the character 0\n  save it as UTF-8 text\n",
    )
    assert shop("show", "-", "-o", "json", stdin=piped("cdiscount:CD1\n".encode("utf-16"))).code == 0


@pytest.mark.parametrize(
    ("line", "ref", "why"),
    [
        ("cdiscount:CD1;Léa Exemple;1 rue du Test", "cdiscount:CD1;Léa Exempl…",
         "no reference; a line begins with one, alone or before a tab or comma; --from reads files with semicolons"),
        ("cdiscount:CD1 Léa Exemple 1 rue du Test", "cdiscount:CD1 Léa Exempl…",
         "no reference; a line begins with one, alone or before a tab or comma (list -o ids)"),
        ("x" * 5000, f"{'x' * 24}…",
         "no reference; a line begins with one, alone or before a tab or comma (list -o ids)"),
    ],
)  # fmt: skip
def test_a_row_of_something_else_is_named_by_its_beginning(shop: Shop, line: str, ref: str, why: str) -> None:
    """Nothing of it is guessed to be a reference, and its buyer is not told."""
    (row,) = rows(shop("accept", "-", "-o", "jsonl", stdin=f"{line}\n"))
    assert (row["ref"], row["reason"]) == (ref, f"line 1: {ref} is {why}")


def test_a_bare_number_with_a_space_is_found_all_the_same(shop: Shop) -> None:
    with shop.world() as world:
        world.add_order("cdiscount", order_id="CD 77", status="waiting_acceptance")
    shop.shell.clock.sleep(120)
    shop("sync", "-q")
    assert shop.told("accept", "-", "--dry-run", stdin="cdiscount:CD 77\nCD%2077\n") == [
        ("cdiscount:CD%2077", "would_send")
    ]


def test_only_what_may_be_a_marketplace_has_a_line_of_its_own_in_the_summary(shop: Shop) -> None:
    result = shop("accept", "-", "--dry-run", stdin="=CMD|x:1\nnope:1\ncdiscount:CD1\n")
    assert result.err.splitlines()[1:4] == [
        "  (unknown)  1 failed",
        "  cdiscount  1 would send",
        "  nope       1 failed",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ref,carrier,tracking_number\ncdiscount:CS1,Colissimo,6A12345678901\n",
        "\ufeff# today\n\nref;Carrier;Tracking-Number\ncdiscount:CS1;Colissimo;6A12345678901\n",
        '{"ref":"cdiscount:CS1","carrier":"Colissimo","tracking_number":"6A12345678901"}\n',
    ],
)
def test_arguments_that_only_a_file_can_carry_are_not_dropped_in_silence(shop: Shop, text: str) -> None:
    """`ship - < parcels.csv` where `ship --from -` was meant: parcels would leave without their numbers."""
    result = shop("ship", "-", stdin=text)
    assert (result.code, result.out, result.err) == (
        2,
        "",
        "lengowctl: stdin has carrier and tracking_number, and - reads references alone\n"
        "  lengowctl ship --from - reads them too; list -o ids gives references alone\n",
    )
    assert shop.posts() == 0
    assert shop("ship", "--from", "-", stdin=text).code == 0
    assert "carrier" not in shop("refuse", "-", "--dry-run", stdin=text).err


def test_stop_reads_no_files_and_says_so_too(shop: Shop) -> None:
    result = shop("stop", "-", "--yes", stdin="ref,reason\ncdiscount:CD1,x\n")
    assert (result.code, result.err) == (
        2, "lengowctl: stdin has reason, and - reads references alone\n  list -o ids gives references alone\n"
    )  # fmt: skip


def test_listings_and_reports_are_read_for_their_references(shop: Shop) -> None:
    """Their columns are about orders, not about what is asked of them."""
    words = ("-m", "cdiscount", "-s", "waiting_acceptance", "-n", "1", "--sort", "ref")
    for form in ("csv", "tsv", "json", "jsonl", "ids"):
        listed = shop("list", *words, "-o", form).out
        assert shop.told("refuse", "-", "--dry-run", stdin=listed) == [("cdiscount:CD1", "would_send")]
    report = shop("accept", "cdiscount:CD1", "nope", "-o", "jsonl").out
    assert shop("refuse", "-", "--dry-run", stdin=report).code != 2


def test_a_file_that_is_not_there_is_named(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    told = f"lengowctl: {path} cannot be read: no such file or directory\n"
    assert shop("ship", "--from", str(path)) == Result(1, "", told)
