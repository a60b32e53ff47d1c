"""Check digits, with numbers that carriers and public test data give as good ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lengowctl.orders.carriers import plain
from lengowctl.orders.parcel_numbers import CARRIERS, carrier_of, fedex, mod7, mod10, mod37, s10, ups

GOOD: tuple[tuple[Callable[[str], bool], tuple[str, ...]], ...] = (
    (ups, ("1Z999AA10123456784", "1Z5R89390357567127", "1Z879E930346834440", "1Z410E7W0392751591")),
    (s10, ("RR473124829GB", "RB123456785GB")),
    (mod10, ("00340434161094042557", "041441760228964", "568283610012734")),
    (fedex, ("986578788855", "477179081230", "799531274483", "974367662710")),
    (mod7, ("3318810025", "8487135506", "73891051146")),
    (mod37, ("008182709980000020033350276C", "008182709980000020045327276N")),
)


@pytest.mark.parametrize(("check", "numbers"), GOOD)
def test_good_numbers_pass_and_another_last_sign_not(check: Callable[[str], bool], numbers: tuple[str, ...]) -> None:
    for number in numbers:
        place = 10 if check is s10 else len(number) - 1
        passing = [digit for digit in "0123456789" if check(number[:place] + digit + number[place + 1 :])]
        assert passing == [number[place]] if number[place].isdecimal() else not passing
        assert check(number)


def test_the_check_digit_of_s10_wraps_round_twice() -> None:
    """A remainder of 0 is written 5, one of 1 is written 0."""
    assert s10("AA000000005BB")
    assert s10("AA000000110BB") is False
    found = {digit for n in range(200) for digit in range(10) if s10(f"AA{n:08d}{digit}BB")}
    assert found == set(range(10))


@pytest.mark.parametrize(
    ("names", "carrier"),
    [
        (("FR_ColiposteColissimo", "Colissimo"), "Colissimo"),
        (("LAPOSTE", "La Poste"), "La Poste"),
        (("TNT", "PostNL"), "PostNL"),
        (("DHL_EXPRESS", ""), "DHL Express"),
        (("DHLFORYOU", "DHL For You"), "DHL"),
        (("Deutsche Post",), "DHL"),
        (("FR_UPSStandard", "UPS Standard"), "UPS"),
        (("USPS",), None),
        (("FEDEX_NL", "FedEx Netherlands"), "FedEx"),
        (("DPD-NL", "DPD Netherlands"), "DPD"),
        (("GLS_ES", "GLS Spain"), "GLS"),
        (("COLIS_PRIVE", "Colis Privé"), "Colis Privé"),
        (("mondial-relay",), "Mondial Relay"),
        (("Hermes 2 MH",), "Hermes"),
        (("CHRONOPOST_FR",), "Chronopost"),
        (("", "Bobonov"), None),
    ],
)
def test_a_carrier_is_known_by_its_code_or_label(names: tuple[str, ...], carrier: str | None) -> None:
    found = carrier_of(*map(plain, names))
    assert (found.name if found else None) == carrier


def test_only_checked_forms_are_sure() -> None:
    assert all(form.check for row in CARRIERS for form in row.formats if form.sure)
    assert {row.name for row in CARRIERS if any(form.sure for form in row.formats)} == {
        "Colissimo", "DHL Express", "DHL", "UPS", "FedEx", "DPD", "PostNL", "Hermes", "La Poste",
    }  # fmt: skip
