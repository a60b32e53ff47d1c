"""References: what is printed can always be read back, whatever a marketplace calls its orders."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.orders.reference import UNSEEN, OrderKey, TypedRef, format_ref, piped_refs, read_ref

CODES = st.from_regex(r"[a-z0-9_]{1,12}", fullmatch=True)
NUMBERS = st.text(min_size=1, max_size=40)
KNOWN = frozenset({"amazon_fr", "cdiscount"})
DANGEROUS = re.findall(f"[{UNSEEN}]", "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000)))))


@given(CODES, NUMBERS)
def test_a_reference_reads_back_as_what_it_names(code: str, number: str) -> None:
    assert read_ref(format_ref(code, number), {code}).key == OrderKey(code, number)
    assert read_ref(format_ref(code, number), None).key == OrderKey(code, number)


@given(CODES, NUMBERS)
def test_a_reference_is_one_word_that_survives_a_pipe_in_every_format(code: str, number: str) -> None:
    ref = format_ref(code, number)
    assert ref.isprintable() or re.search("[\u200c\u200d\u00ad]|[^\x00-\x7f]", ref)
    for line in (f"{ref}\n", f"{ref}\r\n", f"{ref}\tshipped\t90.60\n", f"{ref},shipped\r\n", f"\ufeff{ref}\n"):
        assert list(piped_refs(line.splitlines(keepends=True))) == [ref]


@pytest.mark.parametrize("char", [*" \t\n\"',#%", "\u2003", "\u3000", "\u0085"])
def test_what_would_break_a_word_is_percent_encoded(char: str) -> None:
    ref = format_ref("bol", f"A{char}B")
    assert char not in ref.replace("%", "", 1) or char == "%"
    assert ref == "bol:A" + "".join(f"%{byte:02X}" for byte in char.encode()) + "B"


def test_no_dangerous_character_stays_in_a_reference() -> None:
    ref = format_ref("bol", "".join(DANGEROUS))
    assert re.search(f"[{UNSEEN}]", ref) is None
    assert read_ref(ref, None).key == OrderKey("bol", "".join(DANGEROUS))


def test_a_plain_number_is_printed_as_it_is() -> None:
    assert format_ref("amazon_fr", "403-1180092-5527741") == "amazon_fr:403-1180092-5527741"
    assert format_ref("fnac", "Ünïcode:1;2") == "fnac:Ünïcode:1;2"


@pytest.mark.parametrize(
    ("text", "known", "read"),
    [
        ("403-1", KNOWN, TypedRef("403-1", ("403-1",), None)),
        ("amazon_fr:403-1", KNOWN, TypedRef("amazon_fr:403-1", ("amazon_fr:403-1",), OrderKey("amazon_fr", "403-1"))),
        ("Amazon_FR:403-1", KNOWN, TypedRef("Amazon_FR:403-1", ("Amazon_FR:403-1",), OrderKey("amazon_fr", "403-1"))),
        ("fnac:1", KNOWN, TypedRef("fnac:1", ("fnac:1",), None)),
        ("fnac:1", None, TypedRef("fnac:1", ("fnac:1",), OrderKey("fnac", "1"))),
        ("no code:1", None, TypedRef("no code:1", ("no code:1",), None)),
        ("amazon_fr:", KNOWN, TypedRef("amazon_fr:", ("amazon_fr:",), None)),
        ("cdiscount:a:b", KNOWN, TypedRef("cdiscount:a:b", ("cdiscount:a:b",), OrderKey("cdiscount", "a:b"))),
        ("A%20B", KNOWN, TypedRef("A%20B", ("A%20B", "A B"), None)),
        ("100%", KNOWN, TypedRef("100%", ("100%",), None)),
        ("%FF", KNOWN, TypedRef("%FF", ("%FF",), None)),
        ("", KNOWN, TypedRef("", ("",), None)),
    ],
)
def test_every_reading_of_what_was_typed_is_kept_in_order(
    text: str, known: frozenset[str] | None, read: TypedRef
) -> None:
    assert read_ref(text, known) == read


@given(st.text(alphabet=st.characters(), max_size=30))
def test_no_text_at_all_makes_reading_fail_or_yields_what_cannot_be_stored(text: str) -> None:
    read = read_ref(text, None)
    for number in (*read.numbers, read.key.order_id if read.key else ""):
        number.encode()


def test_bytes_that_are_no_text_never_reach_the_store() -> None:
    assert read_ref("amazon_fr:\udcff1", None).key == OrderKey("amazon_fr", "\ufffd1")


def test_piped_lines_give_their_first_word() -> None:
    lines = [
        "\ufeffref\tstatus\n",
        "bol:1\tshipped\n",
        "\n",
        "# a remark\n",
        '"bol:2",x\r\n',
        '{"ref": "bol:3"}\n',
        "ref\n",
    ]
    assert list(piped_refs(lines)) == ["bol:1", "bol:2", "bol:3", "ref"]


def test_an_array_with_an_object_a_line_is_read_too() -> None:
    """`list -o json | show -`: a natural slip, and no reason to print a row with its buyer as an unknown reference."""
    assert list(piped_refs(["[\n", '{"ref":"bol:1","customer":"Léa"},\n', '{"ref":"bol:2"}\n', "]\n"])) == [
        "bol:1",
        "bol:2",
    ]
    assert list(piped_refs(["[]\n"])) == []
    assert list(piped_refs(['{"status":"shipped", "customer":"Léa"}\n'])) == ['{"status":"shipped", "cu…']
