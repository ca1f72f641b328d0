"""The copy of an athlete is what the newest news say of each part, in whatever order and however often they come."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadion import copies
from stadion.athletes import (
    BodyDay,
    Consent,
    Copy,
    Measurement,
    News,
    WithBody,
    WithConsents,
    WithContact,
    WithLanguage,
    WithPlace,
    WithPrivacy,
    WithRegistration,
    WithZone,
    merge,
    merge_day,
    told_by,
)
from stadion.change import Change
from stadion.copies import Merged
from stadion.events.accounts import (
    ConsentChanged,
    ConsentKind,
    ContactChanged,
    Gender,
    PhysicalDataChanged,
    PrivacyZone,
    PrivacyZonesChanged,
    ProfileUpdated,
    UserRegistered,
)
from stadion.events.envelope import Envelope
from stadion.i18n import Language
from stadion.records import Records
from tests.kit.interleaving import ORDERS, interleaved
from tests.kit.memory import memory

ANNA = "anna"
REGISTERED = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
LATER = REGISTERED + timedelta(days=2)
MAIL, PUSH = ConsentKind.MARKETING_EMAIL, ConsentKind.MARKETING_PUSH


class Everything(WithLanguage, WithZone, WithPlace, WithBody, WithRegistration, WithConsents, WithContact, WithPrivacy):
    notes: list[str] = []  # noqa: RUF012 - a field


class Tongue(WithLanguage):
    pass


class Mailable(WithConsents):
    kinds: ClassVar = frozenset({MAIL})


class Nobody(Copy):
    pass


COPIES: list[type[Copy]] = [Everything, Tongue, Mailable, Nobody]
EVERYTHING = Records(Everything, kind="athlete", pk="USER#{user_id}", sk="ATHLETE")
TEXTS = st.sampled_from(["a", "b", "c"])
Told = tuple[News, datetime]


def consent(kind: ConsentKind, revision: int, *, granted: bool) -> ConsentChanged:
    return ConsentChanged(kind=kind, granted=granted, text_version="1", revision=revision, changed_at=LATER)


def profile(revision: int, **fields: Any) -> ProfileUpdated:
    return ProfileUpdated(revision=revision, **{"language": "ru", "time_zone": "Europe/Moscow"} | fields)


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """What accounts may say of one athlete: a revision says one thing, a registration comes before all others."""
    told: list[Told] = [(UserRegistered(language=Language.EN, time_zone="Europe/Paris"), REGISTERED)]
    for revision in range(2, 2 + draw(st.integers(0, 3))):
        fields = {name: draw(st.none() | TEXTS) for name in ("country", "region", "city")}
        born = draw(st.none() | st.dates(date(1950, 1, 1), date(2010, 1, 1)))
        zone, language = draw(st.sampled_from(["UTC", "Asia/Tokyo"])), draw(st.sampled_from(list(Language)))
        gender = draw(st.none() | st.sampled_from(list(Gender)))
        news = profile(revision, language=language, time_zone=zone, birth_date=born, gender=gender, **fields)
        told.append((news, LATER))
    mails = draw(st.lists(st.none() | TEXTS, max_size=3))
    told += [(ContactChanged(revision=number, email=mail), LATER) for number, mail in enumerate(mails, 1)]
    for kind in (MAIL, PUSH):
        words = draw(st.lists(st.booleans(), max_size=3))
        told += [(consent(kind, number, granted=word), LATER) for number, word in enumerate(words, 1)]
    for revision in range(1, 1 + draw(st.integers(0, 2))):
        zones = [PrivacyZone(zone_id=draw(TEXTS), lat=1, lon=2, radius_m=400)] if draw(st.booleans()) else []
        told.append((PrivacyZonesChanged(revision=revision, zones=zones), LATER))
    return told


@st.composite
def disorders(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """A history, and how it arrives: each piece of news at least once."""
    history = draw(histories())
    again = draw(st.lists(st.sampled_from(history), max_size=4))
    return history, draw(st.permutations([*history, *again]))


def known_after(copy: type[Copy], told: Sequence[Told]) -> Copy:
    known = copy()
    for event, at in told:
        known = merge(known, event, at)
    return known


def newest(history: Sequence[Told], kind: type[News]) -> Any:
    of_it = [event for event, _ in history if isinstance(event, kind)]
    return max(of_it, key=lambda event: event.revision, default=None)  # type: ignore[union-attr]


@given(disorders())
def test_the_newest_word_of_each_part_counts_in_whatever_order_they_come(told: tuple[list[Told], list[Told]]) -> None:
    history, arrived = told
    copy = known_after(Everything, arrived)
    last, contact, zones = (newest(history, kind) for kind in (ProfileUpdated, ContactChanged, PrivacyZonesChanged))
    first = history[0][0]
    assert isinstance(copy, Everything)
    assert isinstance(first, UserRegistered)

    assert copy.revision == (last.revision if last else 1)
    assert (copy.language, copy.time_zone) == ((last or first).language, (last or first).time_zone)
    assert (copy.country, copy.region, copy.city, copy.birth_date, copy.gender) == (
        (last.country, last.region, last.city, last.birth_date, last.gender) if last else (None,) * 5
    )
    assert copy.registered_on == REGISTERED.date()
    assert (copy.email, copy.phone) == ((contact.email, contact.phone) if contact else (None, None))
    assert list(copy.privacy_zones) == (zones.zones if zones else [])
    for kind in (MAIL, PUSH):
        said = newest([one for one in history if getattr(one[0], "kind", None) is kind], ConsentChanged)
        assert copy.consents.get(kind) == (Consent(granted=said.granted, revision=said.revision) if said else None)


@pytest.mark.parametrize("copy", COPIES)
@given(told=disorders())
def test_each_copy_is_the_same_in_any_order(copy: type[Copy], told: tuple[list[Told], list[Told]]) -> None:
    history, arrived = told
    in_order = known_after(copy, history)

    assert known_after(copy, arrived) == in_order
    assert known_after(copy, [*arrived, *arrived]) == in_order
    assert all(merge(in_order, event, at) == in_order for event, at in history)


@given(told=disorders(), order=ORDERS)
@settings(max_examples=60)
def test_what_is_stored_is_the_same_whoever_comes_between(
    told: tuple[list[Told], list[Told]], order: list[int]
) -> None:
    history, arrived = told
    envelopes: list[Any] = [
        Envelope.of(event, user_id=ANNA, correlation_id="none", occurred_at=at) for event, at in arrived
    ]
    with memory() as table:
        calls = [partial(copies.keep, EVERYTHING.at(ANNA), envelope, LATER) for envelope in envelopes]
        interleaved(table, calls[:6], order)
        for call in calls[6:]:
            call()

        assert EVERYTHING.find(ANNA) == known_after(Everything, history)


def test_a_service_keeps_the_parts_that_it_declares_and_no_others() -> None:
    told: list[Told] = [
        (profile(4, country="RU"), LATER),
        (consent(PUSH, 1, granted=True), LATER),
        (consent(MAIL, 1, granted=True), LATER),
        (ContactChanged(revision=1, email="anna@stadion.test"), LATER),
    ]

    assert known_after(Tongue, told) == Tongue(language=Language.RU, revision=4)
    assert known_after(Mailable, told) == Mailable(consents={MAIL: Consent(granted=True, revision=1)})
    assert known_after(Nobody, told) == Nobody()
    assert known_after(Mailable, told).model_dump().keys() == {"consents"}


@pytest.mark.parametrize("hours", [-10, 0, 3, 13])
def test_the_day_of_a_registration_is_that_of_utc_wherever_the_moment_was_written(hours: int) -> None:
    at = REGISTERED.astimezone(timezone(timedelta(hours=hours)))
    known = merge(WithRegistration(), UserRegistered(language=Language.EN, time_zone="UTC"), at)

    assert known.registered_on == REGISTERED.date()


def test_a_copy_names_the_events_that_it_comes_by() -> None:
    assert told_by(Tongue) == {UserRegistered, ProfileUpdated}
    assert told_by(WithPlace) == {ProfileUpdated}
    assert told_by(Mailable) == {ConsentChanged}
    assert told_by(Nobody) == frozenset()
    assert told_by(Everything) == {
        UserRegistered,
        ProfileUpdated,
        ConsentChanged,
        ContactChanged,
        PrivacyZonesChanged,
    }


def test_a_service_s_own_fields_stay_and_what_is_written_with_the_news_is_written_for_news_alone() -> None:
    def also(change: Change, merged: Merged[Everything]) -> None:
        asked.append((merged.before.language, merged.after.language))

    asked: list[Any] = []
    news: Envelope[Any] = Envelope.of(profile(3), user_id=ANNA, correlation_id="none", occurred_at=LATER)
    with memory():
        with Change(ANNA, LATER) as change:
            change.put(EVERYTHING.at(ANNA), Everything(notes=["hers"]))
        first = copies.keep(EVERYTHING.at(ANNA), news, LATER, also)
        second = copies.keep(EVERYTHING.at(ANNA), news, LATER, also)
        kept = EVERYTHING.get(ANNA)

    assert (first.is_news, second.is_news) == (True, False)
    assert asked == [(None, Language.RU)]
    assert (kept.notes, kept.language) == (["hers"], Language.RU)


# --- the body, day by day -------------------------------------------------------------------------------------------

DAY = date(2026, 11, 21)
KEPT = (Measurement.RESTING, Measurement.FTP)


@st.composite
def days(draw: st.DrawFn) -> tuple[list[PhysicalDataChanged], list[PhysicalDataChanged]]:
    history = [
        PhysicalDataChanged(
            measured_on=DAY,
            revision=revision,
            mass_kg=70.0,
            resting_heart_rate_bpm=draw(st.none() | st.integers(40, 60)),
            ftp_w=draw(st.none() | st.integers(200, 300)),
        )
        for revision in range(1, 2 + draw(st.integers(0, 3)))
    ]
    again = draw(st.lists(st.sampled_from(history), max_size=3))
    return history, draw(st.permutations([*history, *again]))


@given(days())
def test_of_a_day_the_newest_word_counts_and_what_was_ever_told_is_not_forgotten(
    told: tuple[list[PhysicalDataChanged], list[PhysicalDataChanged]],
) -> None:
    history, arrived = told
    known: BodyDay | None = None
    seen: set[Measurement] = set()
    for event in arrived:
        known = merge_day(known, event, KEPT)
        seen |= known.values.keys()

    assert known is not None
    last = history[-1]
    wanted = {Measurement.RESTING: last.resting_heart_rate_bpm, Measurement.FTP: last.ftp_w}
    assert known.values == {what: value for what, value in wanted.items() if value is not None}
    assert known.revision == last.revision
    assert set(known.ever) == seen
