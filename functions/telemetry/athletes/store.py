"""This service's own copy of the athlete, in the telemetry table. Access patterns stand in the service's README.md."""

from stadion.records import Place, Records
from stadion.units import Reader
from telemetry.athletes.domain import Person

HEADS = Records(Person, kind="athlete", pk="ATHLETE#{user_id}", sk="HEAD", nulls=True)
"""Time zone, birth date, gender, the consent `health_data`; the revision counts every change below it, too:
`on_account_events`; whatever takes, measures or shows health data."""


def person(user_id: str) -> Person:
    return HEADS.find(user_id) or Person()


def reader_of(user_id: str) -> Reader:
    return person(user_id).reader


def place_of(user_id: str) -> Place[Person]:
    """For who reads it with other things."""
    return HEADS.at(user_id)
