"""The tracking guard: numbers that cannot be right, with the reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lengowctl.orders.model import Address
from lengowctl.orders.tracking import Finding, Sighting, compact, inspect, place_of, tidied

from .samples import make_line, make_order

NANTES = Address(full_name="Léa Exemple", first_line="1 rue du Test", zipcode="44000", city="Nantes", country="FR")
LYON = Address(full_name="Noé Exemple", first_line="2 rue du Test", zipcode="69003", city="Lyon", country="FR")
ORDER = make_order(make_line(sku="MUG-BLUE"), delivery=NANTES, order_id="403-1180092", merchant_order_ids=("SO-90210",))


def found(number: str, *carriers: str) -> list[tuple[str, bool]]:
    return [(finding.name, finding.stops) for finding in inspect(number, carriers, ORDER, {})]


@pytest.mark.parametrize(
    ("number", "why"),
    [
        *((filler, "it only fills the place") for filler in (
            "N/A", "n.a.", "NA", "none", "0000", "0", "1111111111", "xxx", "XXXXXXXX", "test", "TEST", "1234",
            "123456789", "0123456789", "987654321", "-", "???", "#N/A", "#REF!", "sans suivi", "Aucun",
            "tracking number",
        )),
        *((figure, "a spreadsheet has turned it into a figure; format the column as text and export it again")
          for figure in ("6.12345E+12", "6,1E12", "6E+12", "12345678901234.0", "12345678,00")),
        ("https://dpd.example/1", "it is a link; that goes into --tracking-url"),
        ("www.dpd.example", "it is a link; that goes into --tracking-url"),
        ("Colis privé", "it is the carrier's name"),
        ("403-1180092", "it is a number of the order itself"),
        ("4031180092", "it is a number of the order itself"),
        ("so-90210", "it is a number of the order itself"),
        ("MUG-BLUE", "it is a number of the order itself"),
        ("B00X1", "it is a number of the order itself"),
        ("A1B2", "it is too short"),
        *((f"AB1234{sign}CD5678", f"it holds {sign!r}, which none does; write it as the carrier does; of several"
           " parcels each has a row of its own") for sign in ",;=\"|&\u0661é"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_number_is_stopped(number: str, why: str) -> None:
    assert inspect(number, ["COLIS PRIVE", ""], ORDER, {})[0] == Finding(
        "placeholder", f"{number!r} is no parcel's number: {why}", True
    )


@pytest.mark.parametrize(
    "number", ["6A12345678901", "6E12345678901", "TESTA12345", "12345678901231", "AB12CD34", "L1XYZ"]
)
def test_a_number_is_not_taken_for_a_placeholder(number: str) -> None:
    assert found(number) == []


@pytest.mark.parametrize(
    ("number", "carrier", "name", "stops"),
    [
        ("1Z999AA10123456784", "UPS", None, False),
        ("1z 999 AA1 01 2345 6784", "UPS", None, False),
        ("1Z999AA10123456785", "UPS", "check_digit", True),
        ("1Z999AA1012345", "UPS", "format", True),
        ("ABCDEFGHIJK", "UPS", "format", True),
        ("1Z999AA10123456784", "Colissimo", "other_carrier", True),
        ("6A12345678901", "Colissimo", None, False),
        ("RR473124829GB", "Colissimo", None, False),
        ("RR473124820GB", "La Poste", "check_digit", True),
        ("RR473124829FR", "La Poste", None, False),
        ("6A1234", "Colissimo", "format", True),
        ("XY123456789FR", "Chronopost", None, False),
        ("986578788855", "FedEx", None, False),
        ("986578788856", "FedEx", "check_digit", True),
        ("3318810025", "DHL Express", None, False),
        ("3318810026", "DHL Express", "check_digit", True),
        ("3318810026", "DHL", "check_digit", False),
        ("00340434161094042557", "DHL", None, False),
        ("00340434161094042558", "DHL", "check_digit", True),
        ("09980000020033", "DPD", None, False),
        ("09980000020033A", "DPD", None, False),
        ("008182709980000020033350276A", "DPD", "check_digit", True),
        ("123459", "Mondial Relay", "format", True),
        ("24513872", "Mondial Relay", None, False),
        ("6A.12345678901", "Colissimo", "format", True),
        ("6A12345678901/6A12345678902", "Colissimo", "format", True),
        ("whatever-1", "Bobonov", None, False),
        ("AB1234 CD5678", "Bobonov", "space", True),
        ("AB1234 CD5678", "", "space", True),
    ],
)
def test_the_form_of_a_carriers_numbers(number: str, carrier: str, name: str | None, stops: bool) -> None:
    """A form that the carrier does not have stops, and a wrong check digit that is certain; an uncertain one warns."""
    assert found(number, carrier) == ([(name, stops)] if name else [])


def test_the_sentences_say_what_is_wrong() -> None:
    said = [inspect(number, ["UPS"], ORDER, {})[0].sentence for number in ("1Z999AA10123456785", "AB12CD34")]
    assert said == [
        "1Z999AA10123456785 cannot be a number of UPS: its check digit is wrong",
        "AB12CD34 does not look like a number of UPS (18 characters that begin with 1Z)",
    ]
    assert inspect("1Z999AA10123456784", ["DPD"], ORDER, {})[0].sentence == (
        "1Z999AA10123456784 looks like a number of UPS, not of DPD"
    )


@pytest.mark.parametrize(
    ("number", "carrier", "sent"),
    [
        ("6A 1234 5678 901", "Colissimo", "6A12345678901"),
        ("6a-1234\u00a05678\t901", "colissimo", "6a12345678901"),
        ("1Z 999 AA1 01 2345 6784", "UPS", "1Z999AA10123456784"),
        ("3318 8100 26", "DHL", "3318810026"),  # its check digit is another question
        ("6A12345678901", "Colissimo", "6A12345678901"),
        ("6A 1234", "Colissimo", "6A 1234"),
        ("6A12345678901 6A12345678902", "Colissimo", "6A12345678901 6A12345678902"),
        ("1234 5678 9012", "Bobonov", "1234 5678 9012"),
        ("1234-5678", "", "1234-5678"),
    ],
)
def test_the_gaps_that_a_number_is_printed_with_are_left_out_where_its_carrier_is_known(
    number: str, carrier: str, sent: str
) -> None:
    """Where it is not, they may as well part two numbers."""
    assert tidied(number, [carrier]) == sent


HERE = place_of(ORDER)
THERE = place_of(make_order(delivery=LYON))
ELSEWHERE = "which goes to another address"
FARTHER = "which go to other addresses"
UNKNOWN = "and whether it goes to the same address is not known"


@pytest.mark.parametrize(
    ("sightings", "finding"),
    [
        ([], None),
        ([Sighting(ORDER.ref, "anything")], None),
        ([Sighting("fnac:1", HERE)], None),
        ([Sighting("fnac:1", THERE)], Finding("used", f"the number 6A-1X2Y3 is on fnac:1 already, {ELSEWHERE}", True)),
        ([Sighting("fnac:1", "")], Finding("used", f"the number 6A-1X2Y3 is on fnac:1 already, {UNKNOWN}", False)),
        ([Sighting("fnac:1", ""), Sighting("fnac:2", THERE)],
         Finding("used", f"the number 6A-1X2Y3 is on fnac:2 already, {ELSEWHERE}", True)),
        ([Sighting(f"fnac:{n}", THERE) for n in range(5)],
         Finding("used", f"the number 6A-1X2Y3 is on fnac:0, fnac:1, fnac:2 and 2 more already, {FARTHER}", True)),
        ([Sighting(f"fnac:{n}", THERE) for n in range(4)],
         Finding("used", f"the number 6A-1X2Y3 is on fnac:0, fnac:1, fnac:2 and 1 more already, {FARTHER}", True)),
        ([*[Sighting(f"fnac:{n}", "") for n in range(5)], Sighting("fnac:9", THERE)],
         Finding("used", f"the number 6A-1X2Y3 is on fnac:9 already, {ELSEWHERE}", True)),
    ],
)  # fmt: skip
def test_a_number_of_another_buyers_order_is_stopped(sightings: list[Sighting], finding: Finding | None) -> None:
    assert inspect("6A-1X2Y3", [], ORDER, {"6A1X2Y3": sightings}) == ((finding,) if finding else ())


def test_without_an_address_of_its_own_nobody_knows() -> None:
    order = make_order()
    assert place_of(order) == ""
    assert inspect("6A1X2Y3", [], order, {"6A1X2Y3": [Sighting("fnac:1", HERE)]}) == (
        Finding("used", f"the number 6A1X2Y3 is on fnac:1 already, {UNKNOWN}", False),
    )


def test_an_address_without_a_town_is_none() -> None:
    assert place_of(make_order(delivery=Address(full_name="Léa", country="FR"))) == ""
    assert place_of(make_order(delivery=Address(full_address="1 rue X, Nantes"))) == "|1ruexnantes|||"
    assert place_of(make_order(delivery=Address(zipcode="44000"))) == "||44000||"


def test_what_a_line_does_not_tell_is_no_number_of_the_order() -> None:
    order = make_order(make_line(sku=None, marketplace_product_id=""), delivery=NANTES)
    assert inspect("6A12345678901", ["Colissimo"], order, {}) == ()


def test_spaces_dashes_dots_and_case_make_no_difference() -> None:
    assert compact(" 1z 999-aa1.01/23 ") == "1Z999AA10123"


@given(some.text(), some.sampled_from(["UPS", "DHL", "La Poste", "DPD", "FedEx", "GLS", ""]))
def test_any_text_is_inspected_without_a_fault(number: str, carrier: str) -> None:
    assert all(isinstance(finding, Finding) for finding in inspect(number, [carrier], ORDER, {}))
