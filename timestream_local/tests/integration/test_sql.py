"""The SQL: its silent traps, its functions, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from timestream_local.tests.integration.workshop import START, Bench, TableBench

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def table(bench: Bench) -> TableBench:
    """Host a: 0..9 at every 10 s, host b: 100..109; a text, a whole number and a flag beside each."""
    made = bench.table()
    for host, base in (("a", 0), ("b", 100)):
        rows = [
            made.multi(host=host, before_s=90 - 10 * i, v=float(base + i), n=i, word=f"w{i}", even=i % 2 == 0)
            for i in range(10)
        ]
        made.put(*rows)
    return made


# --- the silent traps


def test_whole_numbers_divide_to_whole_numbers(bench: Bench) -> None:
    assert bench.rows("SELECT 7 / 2, -7 / 2, 7.0 / 2, 7 / 2e0") == [[3, -3, 3.5, 3.5]]


def test_a_literal_with_a_point_is_a_double(bench: Bench) -> None:
    page = bench.ask.query(QueryString="SELECT 1.5 AS x, 0.1 + 0.2 AS y")
    assert [one["Type"] for one in page["ColumnInfo"]] == [{"ScalarType": "DOUBLE"}] * 2
    assert page["Rows"][0]["Data"][1] == {"ScalarValue": "0.30000000000000004"}


def test_date_diff_counts_whole_units_not_boundaries(bench: Bench) -> None:
    times = "TIMESTAMP '2026-01-01 00:59:00', TIMESTAMP '2026-01-01 01:01:00'"
    assert bench.one(f"date_diff('hour', {times})") == 0
    assert bench.one(f"date_diff('minute', {times})") == 2


def test_max_by_keeps_a_null_of_the_latest_row(bench: Bench) -> None:
    values = "(VALUES (1, 1), (NULL, 2)) AS t(a, b)"
    assert bench.rows(f"SELECT max_by(a, b), min_by(a, b) FROM {values}") == [[None, 1]]


def test_bins_start_in_1970(bench: Bench) -> None:
    """DuckDB's own origin is the Monday 2000-01-03: bins of a week would differ."""
    assert bench.one("bin(TIMESTAMP '2026-11-21 12:34:56', 7d)") == datetime(2026, 11, 19, tzinfo=UTC)
    assert bench.one("bin(TIMESTAMP '2026-11-21 12:34:56', 30s)") == datetime(2026, 11, 21, 12, 34, 30, tzinfo=UTC)
    assert bench.one("bin(TIMESTAMP '1969-12-31 23:59:59', 30s)") == datetime(1969, 12, 31, 23, 59, 30, tzinfo=UTC)


def test_an_alias_is_not_seen_by_group_by(table: TableBench) -> None:
    assert "'b' cannot be resolved" in table.refused("SELECT bin(time, 1m) AS b, count(*) FROM $t GROUP BY b")
    assert "'b' cannot be resolved" in table.refused("SELECT v AS b FROM $t WHERE b > 1")
    assert "'b' cannot be resolved" in table.refused("SELECT v AS b, b + 1 AS c FROM $t")
    assert table.rows("SELECT host AS h, count(*) AS c FROM $t GROUP BY host ORDER BY h") == [["a", 10], ["b", 10]]
    assert table.rows("SELECT upper(host) AS host FROM $t WHERE host = 'a' GROUP BY host") == [["A"]]


@pytest.mark.parametrize("condition", ["1 = '1'", "v = '1'", "host = 1", "v IN (1, '2')", "n BETWEEN '1' AND '2'"])
def test_a_number_is_not_compared_with_a_text(table: TableBench, condition: str) -> None:
    assert "cannot be compared" in table.refused(f"SELECT 1 FROM $t WHERE {condition}")


def test_now_has_no_zone_and_is_the_clock(bench: Bench) -> None:
    page = bench.ask.query(QueryString="SELECT now(), current_timestamp, ago(90d)")
    assert [one["ScalarValue"] for one in page["Rows"][0]["Data"]] == [
        "2026-11-21 12:00:00.000000000",
        "2026-11-21 12:00:00.000000000",
        "2026-08-23 12:00:00.000000000",
    ]


def test_functions_of_many_values_are_null_if_one_is(bench: Bench) -> None:
    assert bench.rows("SELECT greatest(1, NULL), least(2, 3), concat('a', NULL), concat('a', 'b')") == [
        [None, 2, None, "ab"]
    ]


def test_sums_of_whole_numbers_are_bigint(table: TableBench) -> None:
    page = table.bench.ask.query(QueryString=f"SELECT sum(n), count(*), avg(n) FROM {table.sql}")
    kinds = [one["Type"]["ScalarType"] for one in page["ColumnInfo"]]
    assert kinds == ["BIGINT", "BIGINT", "DOUBLE"]


def test_columns_without_a_name_are_numbered(bench: Bench) -> None:
    page = bench.ask.query(QueryString="SELECT 1, 2 AS two, now()")
    assert [one["Name"] for one in page["ColumnInfo"]] == ["_col0", "two", "_col2"]


def test_nulls_come_last_in_both_orders(bench: Bench) -> None:
    values = "(VALUES (1), (NULL), (2)) AS t(a)"
    assert bench.rows(f"SELECT a FROM {values} ORDER BY a DESC") == [[2], [1], [None]]
    assert bench.rows(f"SELECT a FROM {values} ORDER BY a") == [[1], [2], [None]]


def test_doubles_are_printed_as_java_does(bench: Bench) -> None:
    page = bench.ask.query(QueryString="SELECT 1e7, 123456789.5, 0.0001, -2.5e-10, 1.0, infinity(), nan()")
    assert [one["ScalarValue"] for one in page["Rows"][0]["Data"]] == [
        "1.0E7",
        "1.234567895E8",
        "1.0E-4",
        "-2.5E-10",
        "1.0",
        "Infinity",
        "NaN",
    ]


def test_a_duration_in_a_text_or_a_comment_stays_as_it_is(bench: Bench) -> None:
    assert bench.rows("SELECT '30s' /* 5m */, \"x1d\" FROM (VALUES (1)) AS t(x1d) -- 2h") == [["30s", 1]]


def test_nanoseconds_are_refused(bench: Bench) -> None:
    assert "microseconds" in bench.refused("SELECT bin(now(), 10ns)")


# --- functions

EXPRESSIONS: dict[str, Any] = {
    "from_milliseconds(1000)": datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    "from_nanoseconds(1500000)": datetime(1970, 1, 1, 0, 0, 0, 1500, tzinfo=UTC),
    "to_milliseconds(TIMESTAMP '1970-01-01 00:00:02')": 2000,
    "to_nanoseconds(TIMESTAMP '1970-01-01 00:00:02')": 2_000_000_000,
    "to_milliseconds(now() - ago(5s))": 5000,
    "from_unixtime(1.5)": datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC),
    "to_unixtime(TIMESTAMP '1970-01-01 00:00:02')": 2.0,
    "from_iso8601_timestamp('2026-01-01T01:00:00+01:00')": datetime(2026, 1, 1, tzinfo=UTC),
    "date_trunc('month', TIMESTAMP '2026-11-21 12:34:56')": datetime(2026, 11, 1, tzinfo=UTC),
    "date_add('day', -2, TIMESTAMP '2026-11-21 12:00:00')": datetime(2026, 11, 19, 12, tzinfo=UTC),
    "date_format(TIMESTAMP '2026-11-21 12:34:56', '%Y-%m-%d %H:%i:%s')": "2026-11-21 12:34:56",
    "date_parse('21.11.2026', '%d.%m.%Y')": datetime(2026, 11, 21, tzinfo=UTC),
    "day_of_week(TIMESTAMP '2026-11-22 00:00:00')": 7,
    "extract(hour FROM TIMESTAMP '2026-11-21 12:34:56')": 12,
    "millisecond(TIMESTAMP '2026-11-21 12:34:56.789')": 789,
    "CAST(TIMESTAMP '2026-11-21 12:34:56' AS DATE)": "2026-11-21",
    "now() - ago(90s)": "0 00:01:30.000000000",
    "coalesce(NULL, 2)": 2,
    "nullif(1, 1)": None,
    "try_cast('x' AS BIGINT)": None,
    "try(1 / 0)": None,
    "CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END": "b",
    "if(1 < 2, 'a')": "a",
    "round(2.345, 2)": 2.35,
    "power(2, 10)": 1024.0,
    "mod(7, 4)": 3,
    "abs(-3)": 3,
    "substr('telemetry', 5, 3)": "met",
    "upper(trim('  a '))": "A",
    "split_part('a-b-c', '-', 2)": "b",
    "split('a,b', ',')": ["a", "b"],
    "replace('a-b', '-')": "ab",
    "regexp_like('host-12', '[0-9]+')": True,
    "regexp_extract('host', '[0-9]+')": None,
    "regexp_extract('host-12', '[0-9]+')": "12",
    "regexp_replace('a1b2', '[0-9]')": "ab",
    "'a' || 'b'": "ab",
    "'abc' LIKE 'a%'": True,
    "cardinality(ARRAY[1, 2, 3])": 3,
    "element_at(ARRAY[1, 2, 3], -1)": 3,
    "ARRAY[1, 2, 3][2]": 2,
    "sequence(1, 7, 3)": [1, 4, 7],
    "array_max(transform(ARRAY[1, 2], x -> x * 10))": 20,
    "filter(ARRAY[1, 2, 3], x -> x > 1)": [2, 3],
    "reduce(ARRAY[5, 20, 50], 0, (s, x) -> s + x, s -> s)": 75,
    "reduce(ARRAY[5.0, 20.0, 50.0], CAST(ROW(0.0, 0) AS ROW(sum DOUBLE, n INTEGER)),"
    " (s, x) -> CAST(ROW(x + s.sum, s.n + 1) AS ROW(sum DOUBLE, n INTEGER)), s -> s.sum / s.n)": 25.0,
    "slice(ARRAY[1, 2, 3, 4], 2, 2)": [2, 3],
    "contains(ARRAY[1, 2], 2)": True,
    "array_position(ARRAY[1, 2], 9)": 0,
    "array_join(ARRAY['a', 'b'], '-')": "a-b",
    "ROW(1, 'a')": (1, "a"),
    "1 IS NOT DISTINCT FROM NULL": False,
    "parse_duration('2m') = 120s": True,
}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_function_gives_what_presto_gives(bench: Bench, expression: str) -> None:
    assert bench.one(expression) == EXPRESSIONS[expression]


def test_aggregates(table: TableBench) -> None:
    found = table.rows(
        "SELECT count(DISTINCT word), stddev(v), variance(v), corr(v, n), bool_or(even), count_if(even),"
        " array_agg(n ORDER BY n DESC), approx_distinct(word), max(v) FILTER (WHERE even), geometric_mean(n + 1.0)"
        " FROM $t WHERE host = 'a'"
    )[0]
    assert found[0] == 10
    assert found[1:4] == pytest.approx([3.0276503540974917, 9.166666666666666, 1.0])
    assert found[4:7] == [True, 5, list(range(9, -1, -1))]
    assert abs(found[7] - 10) <= 1
    assert found[8] == 8.0
    assert found[9] == pytest.approx(4.528728688116765)


def test_percentiles(table: TableBench) -> None:
    low, high = table.rows("SELECT approx_percentile(v, 0.5), approx_percentile(v, 0.9) FROM $t WHERE host = 'a'")[0]
    assert (low, high) == (pytest.approx(4.5, abs=0.5), pytest.approx(8.5, abs=0.6))


def test_windows(table: TableBench) -> None:
    found = table.rows(
        "SELECT n, lag(n, 1) OVER (PARTITION BY host ORDER BY time),"
        " sum(v) OVER (PARTITION BY host ORDER BY time ROWS BETWEEN 2 PRECEDING AND CURRENT ROW),"
        " row_number() OVER (ORDER BY time DESC) FROM $t WHERE host = 'a' ORDER BY time LIMIT 3"
    )
    assert found == [[0, None, 0.0, 10], [1, 0, 1.0, 9], [2, 1, 3.0, 8]]


def test_last_value_ignores_nulls_when_asked(bench: Bench) -> None:
    found = bench.rows(
        "SELECT last_value(a) IGNORE NULLS OVER (ORDER BY b) FROM (VALUES (1, 1), (NULL, 2)) AS t(a, b) ORDER BY b"
    )
    assert found == [[1], [1]]


def test_joins_unions_and_subqueries(table: TableBench) -> None:
    assert table.rows(
        "WITH a AS (SELECT n, v FROM $t WHERE host = 'a'), b AS (SELECT n, v FROM $t WHERE host = 'b')"
        " SELECT sum(b.v - a.v) FROM a JOIN b ON a.n = b.n WHERE a.n IN (SELECT n FROM $t WHERE even)"
    ) == [[500.0]]
    assert table.rows("SELECT 1 AS x UNION ALL SELECT 2 UNION SELECT 2 ORDER BY x") == [[1], [2]]
    assert table.rows("SELECT count(*) FROM $t AS o WHERE EXISTS (SELECT 1 FROM $t AS i WHERE i.n = o.n + 1)") == [[18]]


def test_the_latest_value_of_each_host(table: TableBench) -> None:
    found = table.rows(
        "SELECT host, max_by(v, time), max(time) FROM $t WHERE time > ago(1h) GROUP BY host ORDER BY host"
    )
    assert found == [["a", 9.0, START], ["b", 109.0, START]]


def test_histograms_and_having(table: TableBench) -> None:
    found = table.rows(
        "SELECT floor(v / 4) * 4, count(*) FROM $t WHERE v < 50"
        " GROUP BY floor(v / 4) * 4 HAVING count(*) > 2 ORDER BY 1"
    )
    assert found == [[0.0, 4], [4.0, 4]]


def test_a_column_may_be_called_like_a_word_of_sql(bench: Bench) -> None:
    table = bench.table()
    table.put(table.multi(select=1, order=2))
    assert table.rows('SELECT "select", "order" FROM $t') == [[1, 2]]


def test_star_shows_dimensions_name_time_and_measures(bench: Bench) -> None:
    table = bench.table()
    table.put(table.multi(pulse=60))
    page = bench.ask.query(QueryString=f"SELECT * FROM {table.sql}")
    assert [one["Name"] for one in page["ColumnInfo"]] == ["host", "measure_name", "time", "pulse"]


def test_show_and_describe(table: TableBench) -> None:
    assert [table.database] in table.rows("SHOW DATABASES")
    assert table.rows(f"SHOW TABLES FROM {table.database}") == [["samples"]]
    described = table.rows("DESCRIBE $t")
    assert described[0] == ["host", "varchar", "DIMENSION"]
    assert ["time", "timestamp", "TIMESTAMP"] in described


def test_prepare_names_the_columns_without_running(table: TableBench) -> None:
    answer = table.bench.ask.prepare_query(
        QueryString=f"SELECT host, avg(v) AS a, 1 / 0 FROM {table.sql} GROUP BY host"
    )
    assert [(one["Name"], one["Type"]["ScalarType"]) for one in answer["Columns"]] == [
        ("host", "VARCHAR"),
        ("a", "DOUBLE"),
        ("_col2", "INTEGER"),
    ]
    assert answer["Parameters"] == []


# --- refusals

HOSTILE = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT read_text('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM t1",
    'SELECT * FROM main."t1"',
    "COPY (SELECT 1) TO '/tmp/x'",
    "COPY t1 TO '/tmp/x'",
    "ATTACH '/tmp/x.db' AS x",
    "PRAGMA database_list",
    "SET threads = 1",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CALL pragma_version()",
    "EXPORT DATABASE '/tmp/x'",
    "DROP TABLE t1",
    "DELETE FROM t1",
    "INSERT INTO t1 VALUES (1)",
    "UPDATE t1 SET version = 1",
    "CREATE TABLE x AS SELECT 1",
    "ALTER TABLE t1 DROP COLUMN c0",
    "EXPLAIN SELECT 1",
    "UNLOAD (SELECT 1) TO 's3://bucket'",
    "SELECT 1; DROP TABLE t1",
    "SELECT 1;; SELECT 2",
    "SELECT getenv('HOME')",
    "SELECT current_setting('threads')",
    "SELECT version()",
    "SELECT current_user",
    "SELECT time_bucket(1s, now())",
    "SELECT list_transform(ARRAY[1], x -> x)",
    "SELECT ts_linear(ARRAY[1], ARRAY[2])",
    "SELECT \"read_text\"('/etc/passwd')",
    "SELECT * EXCLUDE (a) FROM (SELECT 1 AS a)",
    "SELECT COLUMNS('a.*') FROM (SELECT 1 AS a)",
    "WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) SELECT * FROM r",
    "SELECT DISTINCT ON (a) a FROM (SELECT 1 AS a)",
    "SELECT a FROM (SELECT 1 AS a) GROUP BY ALL",
    "SELECT a FROM (SELECT 1 AS a) GROUP BY ROLLUP (a)",
    "SELECT a FROM (SELECT 1 AS a) QUALIFY row_number() OVER () = 1",
    "SELECT a::BLOB FROM (SELECT 1 AS a)",
    "SELECT CAST('{}' AS JSON)",
    "SELECT map(ARRAY[1], ARRAY[2])",
    "SELECT now() AT TIME ZONE 'Europe/Berlin'",
    "SELECT $1",
    "SELECT ?",
    "SELECT @scheduled_runtime",
    "SELECT 'unclosed",
    "SELECT (1",
    "SELECT 1 / 0",
    "SELECT 1" + " + 1" * 20_000,
    "SELECT" + " NOT" * 3_000 + " true",
    "SELECT",
    "",
    "(((((((((" * 400,
]


@pytest.mark.parametrize("query", [query for query in HOSTILE if query])
def test_nothing_but_the_allow_list_reaches_duckdb(bench: Bench, query: str) -> None:
    message = bench.refused(query)
    assert "c0" not in message
    assert "LINE" not in message


def test_a_text_in_quotes_stays_a_text(table: TableBench) -> None:
    assert table.rows("SELECT count(*) FROM $t WHERE host = 'x'' OR 1=1 --'") == [[0]]
    assert table.rows("SELECT count(*) FROM $t WHERE host = '\\' OR '1' = '2'") == [[0]]


def test_names_with_quotes_are_only_names(bench: Bench) -> None:
    table = bench.table()
    name = 'a"; DROP TABLE t1; --'
    table.put(table.record(Dimensions=[{"Name": name, "Value": "'); DROP TABLE t1; --"}]))
    quoted = '"' + name.replace('"', '""') + '"'
    assert table.rows(f"SELECT {quoted} FROM $t") == [["'); DROP TABLE t1; --"]]


def test_a_refusal_names_what_is_not_supported(table: TableBench) -> None:
    assert "function read_csv_auto" in table.refused("SELECT read_csv_auto('x')")
    assert "takes 2 arguments" in table.refused("SELECT bin(time) FROM $t")
    assert "no_such" in table.refused("SELECT no_such FROM $t")
    assert '"database"."no_such"' in table.refused("SELECT * FROM no_such")
    assert "COPY" in table.refused("COPY t TO 'x'")
    assert "line 1" in table.refused("SELECT FROM WHERE")


def test_an_unknown_table_is_told_by_the_same_exception(bench: Bench) -> None:
    table = bench.table()
    assert "does not exist" in bench.refused(f'SELECT * FROM "{table.database}"."nothing"')
