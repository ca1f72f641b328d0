"""Functions of time series against NumPy."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from timestream_local.series import MIN_SPLINE, spline
from timestream_local.tests.integration.workshop import START, Bench, TableBench

SECONDS = np.array([0, 7, 20, 21, 60, 90])
VALUES = np.array([1.0, 4.0, -2.0, 8.0, 8.5, 3.25])
FIRST = START - timedelta(seconds=90)
SERIES = "create_time_series(time, v)"
GRID = "sequence(min(time), max(time), 5s)"


@pytest.fixture(scope="module")
def table(bench: Bench) -> TableBench:
    made = bench.table()
    made.put(*[made.multi(before_s=90 - int(s), v=float(v), n=int(s)) for s, v in zip(SECONDS, VALUES, strict=True)])
    return made


def series(table: TableBench, expression: str) -> tuple[np.ndarray, np.ndarray]:
    found = table.rows(f"SELECT {expression} FROM $t GROUP BY host")[0][0]
    seconds = np.array([(time - FIRST).total_seconds() for time, _ in found])
    return seconds, np.array([np.nan if value is None else value for _, value in found])


def test_a_series_has_its_points_in_order_of_time(table: TableBench) -> None:
    seconds, values = series(table, SERIES)
    np.testing.assert_array_equal(seconds, SECONDS)
    np.testing.assert_array_equal(values, VALUES)


def test_a_series_is_a_type_of_its_own(table: TableBench) -> None:
    page = table.bench.ask.query(QueryString=f"SELECT {SERIES} AS s FROM {table.sql}")
    assert page["ColumnInfo"] == [
        {"Name": "s", "Type": {"TimeSeriesMeasureValueColumnInfo": {"Type": {"ScalarType": "DOUBLE"}}}}
    ]
    first = page["Rows"][0]["Data"][0]["TimeSeriesValue"][0]
    assert first == {"Time": "2026-11-21 11:58:30.000000000", "Value": {"ScalarValue": "1.0"}}


def test_linear_interpolation(table: TableBench) -> None:
    seconds, values = series(table, f"interpolate_linear({SERIES}, {GRID})")
    np.testing.assert_array_equal(seconds, np.arange(0, 91, 5))
    np.testing.assert_allclose(values, np.interp(seconds, SECONDS, VALUES))


def test_outside_its_range_linear_gives_null(table: TableBench) -> None:
    _, values = series(table, f"interpolate_linear({SERIES}, ARRAY[min(time) - 1s, max(time) + 1s])")
    assert np.isnan(values).all()


def test_last_observation_is_carried_forward(table: TableBench) -> None:
    seconds, values = series(table, f"interpolate_locf({SERIES}, {GRID})")
    np.testing.assert_array_equal(values, VALUES[np.searchsorted(SECONDS, seconds, side="right") - 1])


def test_gaps_are_filled_with_a_constant(table: TableBench) -> None:
    seconds, values = series(table, f"interpolate_fill({SERIES}, {GRID}, -1)")
    known = dict(zip(SECONDS.tolist(), VALUES.tolist(), strict=True))
    np.testing.assert_array_equal(values, [known.get(int(second), -1.0) for second in seconds])


def test_the_spline_goes_through_its_points_and_bends_smoothly(table: TableBench) -> None:
    _, values = series(table, f"interpolate_spline_cubic({SERIES}, {GRID})")
    at = np.arange(0, 91, 5) * 1_000_000
    np.testing.assert_allclose(values, spline((SECONDS * 1_000_000, VALUES), at))
    times = SECONDS * 1_000_000
    np.testing.assert_allclose(spline((times, VALUES), times), VALUES)
    fine = np.arange(0, 90_000_001, 1_000)
    bends = np.diff(spline((times, VALUES), fine), 2)
    assert np.abs(np.diff(bends)).max() < 1e-5
    assert abs(bends[0]) < 1e-6
    assert len(SECONDS) > MIN_SPLINE


def test_the_value_at_one_time(table: TableBench) -> None:
    found = table.rows(f"SELECT interpolate_linear({SERIES}, TIMESTAMP '2026-11-21 11:58:40') FROM $t")[0][0]
    assert found == pytest.approx(np.interp(10, SECONDS, VALUES))


def test_derivatives(table: TableBench) -> None:
    slopes = np.diff(VALUES) / np.diff(SECONDS)
    seconds, values = series(table, f"derivative_linear({SERIES}, 1m)")
    np.testing.assert_array_equal(seconds, SECONDS[1:])
    np.testing.assert_allclose(values, slopes * 60)
    seconds, values = series(table, f"non_negative_derivative_linear({SERIES}, 1s)")
    np.testing.assert_array_equal(seconds, SECONDS[1:][slopes >= 0])
    np.testing.assert_allclose(values, slopes[slopes >= 0])


def test_integrals(table: TableBench) -> None:
    whole = np.trapezoid(VALUES, SECONDS)
    part = np.array([10, 20, 21, 60, 70])
    between = "TIMESTAMP '2026-11-21 11:58:40', TIMESTAMP '2026-11-21 11:59:40'"
    found = table.rows(
        f"SELECT integral_trapezoid({SERIES}), integral_trapezoid({SERIES}, 1m),"
        f" integral_trapezoid({SERIES}, 1s, {between}) FROM $t"
    )[0]
    assert found == pytest.approx([whole, whole / 60, np.trapezoid(np.interp(part, SECONDS, VALUES), part)])


def test_a_series_of_whole_numbers_is_interpolated_too(table: TableBench) -> None:
    _, values = series(table, f"interpolate_linear(create_time_series(time, n), {GRID})")
    np.testing.assert_allclose(values, np.arange(0, 91, 5))


def test_unnest_gives_a_series_back_as_rows(table: TableBench) -> None:
    found = table.rows(
        f"WITH s AS (SELECT host, {SERIES} AS points FROM $t GROUP BY host)"
        " SELECT host, t.time, x FROM s CROSS JOIN UNNEST(points) AS t(time, x) ORDER BY t.time"
    )
    assert [row[2] for row in found] == VALUES.tolist()
    assert found[1][:2] == ["a", FIRST + timedelta(seconds=7)]


def test_unnest_of_an_array_and_without_a_table(bench: Bench) -> None:
    assert bench.rows("SELECT x FROM UNNEST(sequence(1, 3)) AS t(x)") == [[1], [2], [3]]
    assert bench.rows("SELECT a, x FROM (VALUES (2)) AS v(a), UNNEST(sequence(1, a)) AS t(x) ORDER BY x") == [
        [2, 1],
        [2, 2],
    ]


def test_nulls_are_no_points(bench: Bench) -> None:
    table = bench.table()
    table.put(table.multi(v=1.0, before_s=2), table.multi(w=5.0, before_s=1), table.multi(v=3.0))
    assert [value for _, value in table.rows(f"SELECT {SERIES} FROM $t")[0][0]] == [1.0, 3.0]


def test_many_series_at_once_equal_numpy(bench: Bench) -> None:
    table, random = bench.table(), np.random.default_rng(7)
    oracle: dict[str, Any] = {}
    for host in ("a", "b", "c"):
        seconds = np.sort(random.choice(3_000, 80, replace=False))
        values = random.normal(size=80)
        oracle[host] = (seconds, values)
        points = zip(seconds, values, strict=True)
        table.put(*[table.multi(host=host, before_s=3_000 - int(s), v=float(v)) for s, v in points])
    found = table.rows(f"SELECT host, interpolate_linear({SERIES}, {GRID}) FROM $t GROUP BY host ORDER BY host")
    start = datetime(2026, 11, 21, 11, 10, tzinfo=UTC)
    for host, points in found:
        at = [(time - start).total_seconds() for time, _ in points]
        np.testing.assert_allclose([value for _, value in points], np.interp(at, *oracle[host]), atol=1e-12)
