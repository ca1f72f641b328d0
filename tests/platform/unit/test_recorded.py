"""Shapes: what stays the same from run to run."""

from tests.recorded import shapes
from tests.recorded.__main__ import differences, route_of, where


def test_an_answer_is_its_fields_and_the_kinds_of_their_values() -> None:
    one = {
        "id": "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50",
        "at": "2026-11-21T06:30:00.000Z",
        "n": 1.5,
        "tags": ["a", None],
    }
    other = {"id": "c9f0f895-fb98-4b91-9a0e-5b6c7d8e9f01", "at": None, "n": 2}

    shape = shapes.merged([shapes.of(one), shapes.of(other)])

    assert shape["fields"] == {
        "at": {"kinds": ["null", "time"]},
        "id": {"kinds": ["id"]},
        "n": {"kinds": ["number"]},
        "tags": {"kinds": ["array"], "items": {"kinds": ["null", "text"]}},
    }


def test_a_field_that_is_named_by_a_day_or_an_id_is_one_field() -> None:
    shape = shapes.of({"2026-11-21": 1, "2026-11-22": "x", "total": 2})

    assert set(shape["fields"]) == {"<date>", "total"}
    assert shapes.name_of("distance_m@2019-09") == "distance_m@<date>"
    assert shapes.name_of("2026-11-28#winter-1#percent") == "<date>#<text>#<text>"
    assert shape["fields"]["<date>"] == {"kinds": ["number", "text"]}


def test_a_key_keeps_what_the_code_wrote() -> None:
    assert shapes.key_of("USER#8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50") == "USER#<id>"
    assert shapes.key_of("PROMO#winter-shoes#2026-11-21") == "PROMO#<text>#<date>"


def test_a_path_is_its_operation() -> None:
    assert route_of("/v1/workouts/0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11") == "/v1/workouts/{workout_id}"
    assert route_of("/v1/gear/categories") == "/v1/gear/categories"
    assert route_of("/_ministack/ses/messages") == ""
    assert route_of("/stage/partner/v1/codes/RUN-1") == "/partner/v1/codes/<text>"


def test_each_difference_is_a_line() -> None:
    before = {"events": {"a A": {"kinds": ["null"]}, "b B": {"kinds": ["id"]}}}
    after = {"events": {"b B": {"kinds": ["text"]}, "c C": {"kinds": ["id"]}}}

    assert list(differences(before, after)) == ["- events a A", "~ events b B", "+ events c C"]


def test_a_difference_says_where_it_is() -> None:
    old, new = shapes.of({"state": "due", "n": 1}), shapes.of({"state": None, "n": 1})

    assert list(where(old, new)) == ['fields/state/kinds: ["text"] -> ["null"]']
