"""AWS's public sample queries for LiveAnalytics (its sample application and its DevOps examples)."""

import math

import numpy as np
import pytest

from timestream_local.tests.integration.workshop import Bench, TableBench

HOSTS = ("host-24Gju", "host-28Gju")
STEP_S, POINTS, BINS = 20, 90, 61
BINNED = """
WITH binned_timeseries AS (
    SELECT hostname, BIN(time, 30s) AS binned_timestamp, ROUND(AVG(cpu_utilization), 2) AS avg_cpu_utilization
    FROM $t WHERE measure_name = 'metrics' AND hostname = 'host-24Gju' AND time > ago(2h)
    GROUP BY hostname, BIN(time, 30s)
), interpolated_timeseries AS (
    SELECT hostname, {call} AS interpolated_avg_cpu_utilization
    FROM binned_timeseries GROUP BY hostname
)
SELECT time, ROUND(value, 2) AS interpolated_cpu
FROM interpolated_timeseries CROSS JOIN UNNEST(interpolated_avg_cpu_utilization)
"""
VIEW = """
WITH time_series_view AS (
    SELECT min(time) AS oldest_time,
        INTERPOLATE_LINEAR(CREATE_TIME_SERIES(time, ROUND(cpu_utilization, 2)),
            SEQUENCE(min(time), max(time), 10s)) AS interpolated_cpu_utilization
    FROM $t WHERE hostname = 'host-24Gju' AND measure_name = 'metrics' AND time > ago(2h)
    GROUP BY hostname
)
"""
GRID = "SEQUENCE(min(binned_timestamp), max(binned_timestamp), 15s)"
POINTS_OF = f"CREATE_TIME_SERIES(binned_timestamp, avg_cpu_utilization), {GRID}"


def cpu(host: int, index: int) -> float:
    return 60 + 25 * math.sin(index / 9) + 20 * host


@pytest.fixture(scope="module")
def table(bench: Bench) -> TableBench:
    made = bench.table()
    for number, host in enumerate(HOSTS):
        records = [
            {
                **made.multi(
                    before_s=(POINTS - 1 - i) * STEP_S, cpu_utilization=cpu(number, i), memory_utilization=40.5
                ),
                "Dimensions": [
                    {"Name": "region", "Value": "us-east-1"},
                    {"Name": "az", "Value": "az1"},
                    {"Name": "hostname", "Value": host},
                ],
            }
            for i in range(POINTS)
        ]
        made.put(*records)
    return made


def test_average_and_percentiles_in_bins_of_15_seconds(table: TableBench) -> None:
    found = table.rows("""
        SELECT region, az, hostname, BIN(time, 15s) AS binned_timestamp,
            ROUND(AVG(cpu_utilization), 2) AS avg_cpu_utilization,
            ROUND(APPROX_PERCENTILE(cpu_utilization, 0.9), 2) AS p90_cpu_utilization,
            ROUND(APPROX_PERCENTILE(cpu_utilization, 0.99), 2) AS p99_cpu_utilization
        FROM $t
        WHERE measure_name = 'metrics' AND hostname = 'host-24Gju' AND time > ago(2h)
        GROUP BY region, hostname, az, BIN(time, 15s)
        ORDER BY binned_timestamp ASC""")
    assert len(found) == POINTS
    assert [row[4] for row in found] == [round(cpu(0, i), 2) for i in range(POINTS)]


def test_hosts_above_the_average_of_the_fleet(table: TableBench) -> None:
    found = table.rows("""
        WITH avg_fleet_utilization AS (
            SELECT COUNT(DISTINCT hostname) AS total_host_count, AVG(cpu_utilization) AS fleet_avg_cpu_utilization
            FROM $t WHERE measure_name = 'metrics' AND time > ago(2h)
        ), avg_per_host_cpu AS (
            SELECT region, az, hostname, AVG(cpu_utilization) AS avg_cpu_utilization
            FROM $t WHERE measure_name = 'metrics' AND time > ago(2h)
            GROUP BY region, az, hostname
        )
        SELECT region, az, hostname, avg_cpu_utilization, fleet_avg_cpu_utilization
        FROM avg_fleet_utilization, avg_per_host_cpu
        WHERE avg_cpu_utilization > 1.1 * fleet_avg_cpu_utilization
        ORDER BY avg_cpu_utilization DESC""")
    assert [row[2] for row in found] == ["host-28Gju"]


def test_average_in_bins_of_30_seconds(table: TableBench) -> None:
    found = table.rows("""
        SELECT BIN(time, 30s) AS binned_timestamp, ROUND(AVG(cpu_utilization), 2) AS avg_cpu_utilization, hostname
        FROM $t WHERE measure_name = 'metrics' AND hostname = 'host-24Gju' AND time > ago(2h)
        GROUP BY hostname, BIN(time, 30s) ORDER BY binned_timestamp ASC""")
    assert len(found) == BINS


@pytest.mark.parametrize(
    "call",
    [
        f"INTERPOLATE_LINEAR({POINTS_OF})",
        f"INTERPOLATE_LOCF({POINTS_OF})",
        f"INTERPOLATE_FILL({POINTS_OF}, 10.0)",
        f"INTERPOLATE_SPLINE_CUBIC({POINTS_OF})",
    ],
)
def test_missing_values_are_interpolated(table: TableBench, call: str) -> None:
    found = table.rows(BINNED.replace("{call}", call))
    assert len(found) == (BINS - 1) * 2 + 1
    assert all(value is not None for _, value in found)


def test_interpolation_over_all_hosts(table: TableBench) -> None:
    found = table.rows("""
        WITH per_host_min_max_timestamp AS (
            SELECT hostname, min(time) as min_timestamp, max(time) as max_timestamp
            FROM $t WHERE measure_name = 'metrics' AND time > ago(2h) GROUP BY hostname
        ), interpolated_timeseries AS (
            SELECT m.hostname, INTERPOLATE_LOCF(CREATE_TIME_SERIES(time, cpu_utilization),
                SEQUENCE(MIN(ph.min_timestamp), MAX(ph.max_timestamp), 1s)) as interpolated_avg_cpu_utilization
            FROM $t m INNER JOIN per_host_min_max_timestamp ph ON m.hostname = ph.hostname
            WHERE measure_name = 'metrics' AND time > ago(2h)
            GROUP BY m.hostname
        )
        SELECT hostname, AVG(cpu_utilization) AS avg_cpu_utilization
        FROM interpolated_timeseries
        CROSS JOIN UNNEST(interpolated_avg_cpu_utilization) AS t (time, cpu_utilization)
        GROUP BY hostname ORDER BY avg_cpu_utilization DESC""")
    expected = [
        np.mean([*np.repeat([cpu(host, i) for i in range(POINTS - 1)], STEP_S), cpu(host, POINTS - 1)])
        for host in (1, 0)
    ]
    assert [row[0] for row in found] == ["host-28Gju", "host-24Gju"]
    assert [row[1] for row in found] == pytest.approx(expected)


def test_the_share_of_measurements_above_70_percent(table: TableBench) -> None:
    query = f"""{VIEW}
        SELECT FILTER(interpolated_cpu_utilization, x -> x.value > 70.0) AS cpu_above_threshold,
            REDUCE(FILTER(interpolated_cpu_utilization, x -> x.value > 70.0), 0, (s, x) -> s + 1, s -> s) AS above,
            ROUND(REDUCE(interpolated_cpu_utilization,
                CAST(ROW(0, 0) AS ROW(count_high BIGINT, count_total BIGINT)),
                (s, x) -> CAST(ROW(s.count_high + IF(x.value > 70.0, 1, 0), s.count_total + 1)
                    AS ROW(count_high BIGINT, count_total BIGINT)),
                s -> IF(s.count_total = 0, NULL, CAST(s.count_high AS DOUBLE) / s.count_total)), 4) AS fraction
        FROM time_series_view"""
    above, count, fraction = table.rows(query)[0]
    grid = np.arange(0, (POINTS - 1) * STEP_S + 1, 10)
    values = np.interp(grid, np.arange(POINTS) * STEP_S, [round(cpu(0, i), 2) for i in range(POINTS)])
    assert len(above) == count == int((values > 70).sum())
    assert fraction == pytest.approx((values > 70).mean(), abs=1e-4)


def test_measurements_lower_than_75_percent(table: TableBench) -> None:
    query = f"""{VIEW}
        SELECT FILTER(interpolated_cpu_utilization, x -> x.value < 75 AND x.time > oldest_time + 1m)
        FROM time_series_view"""
    points = table.rows(query)[0][0]
    assert points
    assert all(value < 75 for _, value in points)


def test_the_number_and_the_average_by_reduce(table: TableBench) -> None:
    query = f"""{VIEW}
        SELECT REDUCE(interpolated_cpu_utilization, DOUBLE '0.0', (s, x) -> s + 1, s -> s) AS count_cpu,
            REDUCE(interpolated_cpu_utilization, CAST(ROW(0.0, 0) AS ROW(sum DOUBLE, count INTEGER)),
                (s, x) -> CAST(ROW(x.value + s.sum, s.count + 1) AS ROW(sum DOUBLE, count INTEGER)),
                s -> IF(s.count = 0, NULL, s.sum / s.count)) AS avg_cpu
        FROM time_series_view"""
    count, average = table.rows(query)[0]
    grid = np.arange(0, (POINTS - 1) * STEP_S + 1, 10)
    values = np.interp(grid, np.arange(POINTS) * STEP_S, [round(cpu(0, i), 2) for i in range(POINTS)])
    assert (count, average) == (len(grid), pytest.approx(values.mean()))


def test_everything_in_several_pages(table: TableBench) -> None:
    assert len(table.rows("SELECT * FROM $t LIMIT 100", PaginationConfig={"PageSize": 30})) == 100


def test_top_hosts_of_the_last_hour(table: TableBench) -> None:
    found = table.rows("""
        SELECT hostname, max(cpu_utilization) AS peak, max_by(cpu_utilization, time) AS latest
        FROM $t WHERE time BETWEEN ago(1h) AND now() GROUP BY hostname ORDER BY peak DESC LIMIT 1""")
    assert found == [["host-28Gju", max(cpu(1, i) for i in range(POINTS)), cpu(1, POINTS - 1)]]


def test_a_sample_outside_the_list_is_refused_clearly(table: TableBench) -> None:
    refused = table.refused("SELECT correlate_spearman(a, b) FROM (SELECT 1 AS a, 2 AS b)")
    assert "correlate_spearman is not supported" in refused
    assert "UNLOAD" in table.refused("UNLOAD (SELECT * FROM $t) TO 's3://bucket/prefix'")
