import gzip
import random
import resource
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workouts.recordings.unit import samples
from workouts.recordings.errors import RecordingError
from workouts.recordings.formats.service import decode
from workouts.recordings.limits import MAX_POINTS
from workouts.recordings.measures.domain import measure
from workouts.texts import TEXTS

MIB = 1024 * 1024
LAUGHS = '<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE gpx SYSTEM "file:///etc/passwd">'
POINT = samples.a_trkpt(0)
LOW_LIMIT = 10_000


def code_of(data: bytes, *, now: datetime | None = None, most_points: int = MAX_POINTS) -> str:
    with pytest.raises(RecordingError) as caught:
        decode(data, now=now, most_points=most_points)
    assert caught.value.code in TEXTS
    return caught.value.code


def a_gzip_of(chunk: bytes, times: int) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(squeeze.compress(chunk) for _ in range(times)) + squeeze.flush()


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "empty_file"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "unknown_format"),
    "zeros": (lambda: bytes(1000), "unknown_format"),
    "a web page": (lambda: b"<html><body>hello</body></html>", "unknown_format"),
    "text": (lambda: b"hello", "unknown_format"),
    "a billion laughs": (lambda: samples.a_gpx(POINT, head=LAUGHS), "xml_dtd"),
    "an external entity": (lambda: samples.a_gpx(POINT, head=OUTSIDE), "xml_dtd"),
    "an undeclared entity": (lambda: samples.a_gpx("&who;"), "bad_xml"),
    "deep nesting": (lambda: samples.a_gpx("<a>" * 100_000), "xml_too_deep"),
    "deep nesting inside a point": (lambda: samples.a_gpx('<trkpt lat="1" lon="1">' + "<a>" * 100_000), "xml_too_deep"),
    "a huge text": (lambda: samples.a_gpx(f"<name>{'x' * 20 * MIB}</name>"), "xml_text_too_long"),
    "the head of an XML": (lambda: samples.data("3173437224.tcx")[:2_000], "bad_xml"),
    "one point": (lambda: samples.a_gpx(POINT), "lasts_no_time"),
    "points of one instant": (lambda: samples.a_gpx(POINT * 600), "no_times"),
    "text for a time": (lambda: samples.a_gpx(samples.a_trkpt(0, time="noon")), "bad_time"),
    "the 31st of February": (lambda: samples.a_gpx(samples.a_trkpt(0, time="2026-02-31T00:00:00Z")), "bad_time"),
    "the year 1899": (lambda: samples.a_gpx(samples.a_trkpt(0, time="1899-01-01T00:00:00Z")), "absurd_date"),
    "the year 9999": (lambda: samples.a_gpx(samples.a_trkpt(0, time="9999-01-01T00:00:00Z")), "absurd_date"),
    "the edge of time": (lambda: samples.a_gpx(samples.a_trkpt(0, time="0001-01-01T00:00:00+14:00")), "bad_time"),
    "a year of riding": (lambda: samples.a_gpx(POINT + samples.a_trkpt(0, time="2027-05-01T06:00:00Z")), "too_long"),
    "no times": (lambda: samples.a_gpx('<trkpt lat="1" lon="1"/>'), "no_times"),
    "no points": (lambda: samples.a_gpx(""), "no_points"),
    "the head of a gzip": (lambda: gzip.compress(samples.data("4801048867.fit"))[:12], "bad_gzip"),
    "damaged gzip": (lambda: b"\x1f\x8b\x08\x00" + b"x" * 100, "bad_gzip"),
    "a gzip of a gzip": (lambda: gzip.compress(gzip.compress(samples.a_gpx(POINT))), "unknown_format"),
    "a gzip bomb": (lambda: a_gzip_of(bytes(MIB), 100), "gzip_bomb"),
    "more than we unpack": (lambda: gzip.compress(random.Random(1).randbytes(MIB), 1) * 130, "too_large"),
    "a slow gzip bomb": (lambda: a_gzip_of(samples.a_gpx(POINT), 1) + a_gzip_of(bytes(MIB), 300), "gzip_bomb"),
    "the head of a FIT": (lambda: samples.data("4801048867.fit")[:14], "truncated_fit"),
    "half a head of a FIT": (lambda: samples.data("4801048867.fit")[:12], "truncated_fit"),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_with_a_reason(name: str) -> None:
    make, code = FILES[name]
    assert code_of(make()) == code


def test_a_recording_from_the_future_is_refused() -> None:
    tomorrow = samples.a_gpx(samples.a_trkpt(0) + samples.a_trkpt(1))
    assert decode(tomorrow, now=datetime(2026, 5, 1, tzinfo=UTC))
    assert code_of(tomorrow, now=datetime(2026, 4, 1, tzinfo=UTC)) == "from_the_future"


@pytest.mark.parametrize("name", ["6471559601_ACTIVITY.fit", "activity_5039744860.gpx", "activity_5039744860.tcx"])
def test_a_file_of_more_points_than_the_limit_is_refused(name: str) -> None:
    recording = samples.data(name)
    assert decode(recording, most_points=LOW_LIMIT)

    assert code_of(recording, most_points=50) == "too_many_points"


def test_an_endless_file_is_refused_at_the_limit() -> None:
    endless = samples.a_gpx(samples.a_trkpt(0) * 10 * LOW_LIMIT)

    assert code_of(endless, most_points=LOW_LIMIT) == "too_many_points"


@pytest.mark.large
def test_ten_million_points_are_refused_in_bounded_memory_and_time() -> None:
    point = samples.a_trkpt(0).encode()
    head, tail = samples.a_gpx("@").split(b"@")
    bomb = b"".join((head, point * (120 * MIB // len(point)), tail))
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert code_of(bomb) == "too_many_points"
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 600
    assert time.process_time() - started < 20


def test_numbers_that_mean_nothing_are_missing() -> None:
    strange = ["nan", "inf", "-inf", "1e999", "9" * 30_000, "-90.5"]
    (run,) = decode(samples.a_gpx("".join(samples.a_trkpt(i, lat=lat) for i, lat in enumerate([*strange, "45"]))))
    assert len(run) == 7
    assert (run.lat == 45).tolist() == [False] * 6 + [True]


def test_negative_everything_can_be_measured() -> None:
    inner = "<extensions><hr>-5</hr><power>-100</power><cad>-3</cad><distance>-9</distance></extensions>"
    (negative,) = decode(samples.a_gpx("".join(samples.a_trkpt(i, lat="-1", inner=inner) for i in range(3))))
    measured = measure(negative)
    assert (measured.max_heart_rate_bpm, measured.max_power_w, measured.max_cadence_rpm) == (None, None, None)


def test_a_counter_gone_wild_does_not_make_a_hundred_thousand_splits() -> None:
    run = samples.a_recording(time_s=[0, 1, 2, 3], distance_m=[0, 3e7, 6e7, 9e7])
    measured = measure(run)
    assert measured.splits_km == ()
    assert {flag.code for flag in measured.flags} >= {"average_speed_too_high"}


SMALL = ("2020-06-01-16-52-40.fit", "6471559601_ACTIVITY.fit", "activity_5039744860.gpx", "activity_5039744860.tcx")
MUTATIONS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True), st.sampled_from(["flip", "cut", "insert", "repeat"]), st.binary(max_size=8)
    ),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, changes: list[tuple[float, str, bytes]]) -> bytes:
    for share, kind, noise in changes:
        at = int(share * len(data))
        if kind == "flip":
            data = data[:at] + noise + data[at + len(noise) :]
        elif kind == "insert":
            data = data[:at] + noise + data[at:]
        elif kind == "repeat":
            data = data[:at] + data[at : at + 64] * 3 + data[at + 64 :]
        else:
            data = data[:at] + data[at + 16 :]
    return data


@given(name=st.sampled_from(SMALL), changes=MUTATIONS, mend=st.booleans())
@settings(max_examples=300)
def test_damage_is_decoded_and_measured_or_refused_but_never_worse(
    name: str, changes: list[tuple[float, str, bytes]], mend: bool
) -> None:
    data = mutated(samples.data(name), changes)
    if mend and name.endswith(".fit"):
        data = mended(data)
    refused = refusal(data)
    assert refused is None or refused.code in TEXTS


def refusal(data: bytes) -> RecordingError | None:
    try:
        for recording in decode(data):
            measure(recording).to_dict()
    except RecordingError as error:
        return error
    return None


def mended(data: bytes) -> bytes:
    """The same damage behind valid sizes and checksums, so that it reaches the decoder."""
    from workouts.recordings.formats.fit_file import as_file

    return as_file(data[:14], data[14:-2])


@given(
    data=st.binary(max_size=300), kind=st.sampled_from([b"", b"\x1f\x8b\x08", b"<gpx>", b"<TrainingCenterDatabase>"])
)
def test_noise_is_refused(data: bytes, kind: bytes) -> None:
    refused = refusal(kind + data)
    assert refused is not None
    assert refused.code in TEXTS
