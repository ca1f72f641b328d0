"""Money, ids, hours, links and places: one type for one thing."""

from datetime import time
from typing import Any

import pycountry
import pytest
from iso4217 import Currency as Iso
from pydantic import TypeAdapter, ValidationError

from stadion.hours import HourOfDay
from stadion.identifiers import OrderId, UserId
from stadion.links import with_query
from stadion.money import Currency, exponent, exponents
from stadion.places import COUNTRIES, Country, Region, regions


def read(kind: Any, value: Any) -> Any:
    return TypeAdapter(kind).validate_python(value)


def test_currencies_are_those_of_iso_4217_with_their_decimals() -> None:
    assert [exponent(code) for code in ("RUB", "JPY", "KWD", "DEM")] == [2, 0, 3, 2]
    assert exponents() == {one.code: one.exponent for one in Iso if one.exponent is not None}
    assert read(Currency, "EUR") == "EUR"
    for wrong in ("EUX", "eur", "XXX", "XAU", "RUR"):
        with pytest.raises(ValidationError):
            read(Currency, wrong)


def test_places_are_those_of_iso_3166() -> None:
    assert {one.alpha_2 for one in pycountry.countries} == COUNTRIES
    assert {one.code for one in pycountry.subdivisions} == regions()
    assert (read(Country, "NO"), read(Region, "RU-MOW")) == ("NO", "RU-MOW")
    for kind, wrong in ((Country, "UK"), (Country, "ru"), (Region, "RU-XXX"), (Region, "RU")):
        with pytest.raises(ValidationError):
            read(kind, wrong)


def test_an_athlete_has_one_id_however_it_is_written() -> None:
    wanted = "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"
    for typed in (wanted, wanted.upper(), f" {wanted}", f"{{{wanted}}}", f"urn:uuid:{wanted}", wanted.replace("-", "")):
        assert read(UserId, typed) == wanted
    with pytest.raises(ValidationError, match="UUID"):
        read(UserId, "nobody-1")


@pytest.mark.parametrize("wrong", ["a:b", "a#b", "", "a/b", "ä", "x" * 65])
def test_an_order_id_holds_nothing_that_keys_are_put_together_with(wrong: str) -> None:
    with pytest.raises(ValidationError):
        read(OrderId, wrong)


def test_hours_are_text_without_an_offset() -> None:
    assert (read(HourOfDay, "22:30"), read(HourOfDay, "08:00:00")) == (time(22, 30), time(8))
    assert TypeAdapter(HourOfDay).dump_python(time(8), mode="json") == "08:00"
    for wrong in (
        9,
        22.5,
        "9",
        "9:00",
        "24:00",
        "22:00Z",
        "22:00+03:00",
        "00:00:09",
        True,
        None,
        time(8).isoformat() + "Z",
    ):
        with pytest.raises(ValidationError):
            read(HourOfDay, wrong)


@pytest.mark.parametrize(
    ("link", "wanted"),
    [
        ("https://s.example/p?q=caf%E9&flag&sig=a%2Bb+c#top", "https://s.example/p?q=caf%E9&flag&sig=a%2Bb+c&u=1#top"),
        ("https://s.example/p", "https://s.example/p?u=1"),
        ("https://s.example/p?", "https://s.example/p?u=1"),
        ("https://s.example/p?u=old&a=1&%75=older#/route?u=kept", "https://s.example/p?a=1&u=1#/route?u=kept"),
        ("https://s.example/p;v=1?a;b=2&&c", "https://s.example/p;v=1?a;b=2&&c&u=1"),
    ],
)
def test_a_link_is_passed_byte_for_byte(link: str, wanted: str) -> None:
    assert with_query(link, {"u": "1"}) == wanted
    assert with_query(link, {}) == link
