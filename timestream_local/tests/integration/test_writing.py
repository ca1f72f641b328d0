import shutil
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from timestream_local.tests.integration.workshop import START, Bench, ManualClock, running


def test_a_record_is_found_by_a_query(bench: Bench) -> None:
    table = bench.table()
    assert table.put(table.record(12.5)) == {"Total": 1, "MemoryStore": 1, "MagneticStore": 0}
    assert table.rows("SELECT host, measure_name, time, measure_value::double FROM $t") == [["a", "cpu", START, 12.5]]


def test_every_type_comes_back_as_it_was(bench: Bench) -> None:
    table = bench.table()
    kinds = {"DOUBLE": "0.1", "BIGINT": str(2**63 - 1), "VARCHAR": "é'\"", "BOOLEAN": "true"}
    for kind, text in kinds.items():
        table.put(table.record(MeasureName=kind, MeasureValue=text, MeasureValueType=kind))
    time_ns = str(bench.now_ms() * 1_000_000)
    multi = [{"Name": "seen", "Value": time_ns, "Type": "TIMESTAMP"}, {"Name": "n", "Value": "-7", "Type": "BIGINT"}]
    table.put(_without(table.record(MeasureName="m", MeasureValueType="MULTI", MeasureValues=multi), "MeasureValue"))
    found = table.rows(
        "SELECT measure_value::double, measure_value::bigint, measure_value::varchar, measure_value::boolean, seen, n"
        " FROM $t ORDER BY measure_name"
    )
    assert found[:4] == [
        [None, 2**63 - 1, None, None, None, None],
        [None, None, None, True, None, None],
        [0.1, None, None, None, None, None],
        [None, None, "é'\"", None, None, None],
    ]
    assert found[4] == [None, None, None, None, START, -7]


def test_common_attributes_are_merged_into_each_record(bench: Bench) -> None:
    table = bench.table()
    common = {"Dimensions": [{"Name": "region", "Value": "eu"}], "MeasureValueType": "BIGINT", "MeasureName": "steps"}
    table.put(_without(table.record(MeasureValue="1"), "MeasureName"), **common)
    found = table.rows("SELECT region, host, measure_name, measure_value::bigint FROM $t")
    assert found == [["eu", "a", "steps", 1]]


def test_a_dimension_in_both_is_refused(bench: Bench) -> None:
    table = bench.table()
    assert "given twice" in table.invalid(table.record(), Dimensions=[{"Name": "host", "Value": "b"}])


@pytest.mark.parametrize("name", ["time", "measure_value", "ts_x", "Measure_Name", "measure_value::double"])
def test_reserved_names_are_refused(bench: Bench, name: str) -> None:
    table = bench.table()
    assert "reserved" in table.invalid(table.record(Dimensions=[{"Name": name, "Value": "x"}]))


@pytest.mark.parametrize(("unit", "factor"), [("SECONDS", 1 / 1000), ("MICROSECONDS", 1000), ("NANOSECONDS", 10**6)])
def test_time_units_are_understood(bench: Bench, unit: str, factor: float) -> None:
    table = bench.table()
    table.put(table.record(Time=str(int(bench.now_ms() * factor)), TimeUnit=unit))
    assert table.rows("SELECT time FROM $t") == [[START]]


def test_a_time_finer_than_a_microsecond_is_rejected_not_cut(bench: Bench) -> None:
    table = bench.table()
    rejected = table.rejected(table.record(Time=str(bench.now_ms() * 10**6 + 1), TimeUnit="NANOSECONDS"))
    assert "microseconds" in rejected[0]["Reason"]


def test_valid_records_are_kept_when_others_are_rejected(bench: Bench) -> None:
    table = bench.table()
    bad = table.record(MeasureValue="fast", host="b")
    rejected = table.rejected(table.record(1), bad, table.record(3, host="c"))
    assert [one["RecordIndex"] for one in rejected] == [1]
    assert table.rows("SELECT host FROM $t ORDER BY host") == [["a"], ["c"]]


@pytest.mark.parametrize("text", ["NaN", "inf", "1e999", "", "0x1"])
def test_a_value_that_is_no_number_is_rejected(bench: Bench, text: str) -> None:
    table = bench.table()
    if text:
        assert table.rejected(table.record(MeasureValue=text))
    else:
        assert table.rejected(table.record(MeasureValue=" "))


def test_a_measure_keeps_its_type(bench: Bench) -> None:
    table = bench.table()
    table.put(table.multi(pulse=60))
    assert "BIGINT" in table.rejected(table.multi(pulse=60.5, before_s=1))[0]["Reason"]


def test_a_name_is_a_dimension_or_a_measure(bench: Bench) -> None:
    table = bench.table()
    table.put(table.multi(pulse=60))
    assert "dimension" in table.rejected(table.multi(host="x", before_s=1) | _measure("host", "1"))[0]["Reason"]


def test_limits_of_a_call_and_of_a_record(bench: Bench) -> None:
    table = bench.table()
    assert table.invalid(*[table.record(before_s=index) for index in range(101)])
    long = table.record(MeasureValue="x" * 2000, MeasureValueType="VARCHAR", host="h" * 60)
    assert "2048" in table.rejected(long)[0]["Reason"]
    assert table.put(*[table.record(before_s=index) for index in range(100)])["Total"] == 100


# --- retention


def test_the_future_is_accepted_for_a_quarter_of_an_hour(bench: Bench) -> None:
    table = bench.table()
    assert table.put(table.record(before_s=-15 * 60))
    assert "outside" in table.rejected(table.record(before_s=-15 * 60 - 1))[0]["Reason"]


def test_what_is_older_than_memory_is_rejected_unless_late_writes_are_on(bench: Bench) -> None:
    strict, late = bench.table(memory_hours=1), bench.table(memory_hours=1, days=2, late=True)
    assert strict.put(strict.record(before_s=3600))["MemoryStore"] == 1
    assert "outside" in strict.rejected(strict.record(before_s=3601))[0]["Reason"]
    assert late.put(late.record(before_s=3601)) == {"Total": 1, "MemoryStore": 0, "MagneticStore": 1}
    assert late.rejected(late.record(before_s=2 * 86_400 + 1))


def test_rows_older_than_the_magnetic_retention_are_gone(fresh: Bench) -> None:
    table = fresh.table(days=2)
    table.put(table.record())
    fresh.clock.forward(days=2)
    assert len(table.rows("SELECT * FROM $t")) == 1
    fresh.clock.forward(seconds=1)
    assert table.rows("SELECT * FROM $t") == []


def test_late_rows_are_seen_after_the_delay(tmp_path: Path) -> None:
    with running(tmp_path, clock=ManualClock(), late_delay_s=60) as bench:
        table = bench.table(memory_hours=1, late=True)
        table.put(table.record(1, before_s=7200), table.record(2))
        assert table.rows("SELECT measure_value::double FROM $t") == [[2.0]]
        bench.clock.forward(seconds=59)
        assert len(table.rows("SELECT * FROM $t")) == 1
        bench.clock.forward(seconds=1)
        assert len(table.rows("SELECT * FROM $t")) == 2


def test_late_rows_still_wait_after_a_restart(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock=clock, late_delay_s=60) as bench:
        table = bench.table(memory_hours=1, late=True)
        table.put(table.record(1, before_s=7200))
    with running(tmp_path, clock=clock, late_delay_s=60) as again:
        table.bench = again
        assert table.rows("SELECT * FROM $t") == []
        clock.forward(seconds=60)
        assert len(table.rows("SELECT * FROM $t")) == 1


def test_what_was_flushed_survives_a_crash(tmp_path: Path) -> None:
    """The files of a running endpoint, copied away under it, hold what a query has seen."""
    with running(tmp_path / "first", clock=ManualClock()) as bench:
        table = bench.table()
        table.put(table.record(1))
        assert len(table.rows("SELECT * FROM $t")) == 1
        shutil.copytree(tmp_path / "first", tmp_path / "crashed")
    with running(tmp_path / "crashed", clock=ManualClock()) as again:
        table.bench = again
        assert len(table.rows("SELECT * FROM $t")) == 1


# --- partition key


def test_a_required_partition_key_must_be_in_the_record(bench: Bench) -> None:
    key = [{"Type": "DIMENSION", "Name": "athlete", "EnforcementInRecord": "REQUIRED"}]
    table = bench.table(Schema={"CompositePartitionKey": key})
    assert "athlete" in table.rejected(table.record())[0]["Reason"]
    assert table.put(table.record(Dimensions=[{"Name": "athlete", "Value": "7"}]))["Total"] == 1


# --- versions


def test_a_record_sent_again_is_accepted_and_counts_once(bench: Bench) -> None:
    table = bench.table()
    for flush in (False, True):
        assert table.put(table.record(5))["Total"] == 1
        if flush:
            continue
        assert table.rows("SELECT count(*) FROM $t") == [[1]]
    assert table.rows("SELECT count(*) FROM $t") == [[1]]


@pytest.mark.parametrize("flushed", [False, True])
def test_another_value_needs_a_higher_version(bench: Bench, flushed: bool) -> None:
    table = bench.table()
    table.put(table.record(1, Version=5))
    if flushed:
        table.rows("SELECT 1 FROM $t")
    for version in (4, 5):
        assert table.rejected(table.record(2, Version=version))[0]["ExistingVersion"] == 5
    table.put(table.record(3, Version=6))
    assert table.rows("SELECT measure_value::double FROM $t") == [[3.0]]


def test_dimensions_are_the_same_in_any_order(bench: Bench) -> None:
    table = bench.table()
    dimensions = [{"Name": "x", "Value": "1"}, {"Name": "y", "Value": "2"}]
    table.put(table.record(1, Dimensions=dimensions))
    assert table.rejected(table.record(2, Dimensions=dimensions[::-1]))


Write = tuple[int, int, int, int, bool]
WRITES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(1, 3), st.integers(0, 2), st.booleans()),
    min_size=1,
    max_size=12,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(writes=WRITES)
def test_versions_follow_the_rules_whatever_the_order(bench: Bench, writes: list[Write]) -> None:
    """The oracle is a dict; the last field says whether the buffer is flushed before the write."""
    table = bench.table()
    kept: dict[tuple[int, int], tuple[int, int]] = {}
    for host, second, version, number, flush in writes:
        if flush:
            table.rows("SELECT count(*) FROM $t")
        record = table.record(number, host=str(host), before_s=second, Version=version)
        known = kept.get((host, second))
        if known and (version < known[0] or (version == known[0] and number != known[1])):
            assert table.rejected(record)[0]["ExistingVersion"] == known[0]
        else:
            table.put(record)
            kept[host, second] = (version, number)
    found = table.rows("SELECT host, date_diff('second', time, now()), measure_value::double FROM $t ORDER BY 1, 2")
    assert found == [[str(host), second, float(kept[host, second][1])] for host, second in sorted(kept)]


# --- state and threads


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock=clock) as bench:
        table = bench.table()
        table.put(table.record(1, Version=3), table.multi(host="b", pulse=61))
    with running(tmp_path, clock=clock) as again:
        table.bench = again
        assert table.rows("SELECT host, measure_value::double, pulse FROM $t ORDER BY host") == [
            ["a", 1.0, None],
            ["b", None, 61],
        ]
        assert table.rejected(table.record(2, Version=2))[0]["ExistingVersion"] == 3
        table.put(table.record(4, Version=4), table.multi(host="c", power=250.0))
        assert table.rows("SELECT max(measure_value::double), max(power) FROM $t") == [[4.0, 250.0]]


def test_writers_and_readers_at_once_lose_nothing(bench: Bench) -> None:
    table = bench.table()
    table.put(table.multi(host="zero", n=0))
    failures: list[Exception] = []

    def guarded(call: Any) -> Thread:
        def run() -> None:
            try:
                call()
            except Exception as error:  # noqa: BLE001 - told by the assertion below
                failures.append(error)

        return Thread(target=run)

    def write(host: int) -> None:
        for start in range(0, 500, 50):
            table.put(*[table.multi(host=str(host), before_s=start + i, n=1) for i in range(50)])

    def read() -> None:
        counts = [table.rows("SELECT sum(n) FROM $t")[0][0] for _ in range(15)]
        assert counts == sorted(counts)

    threads = [guarded(lambda host=host: write(host)) for host in range(4)] + [guarded(read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert table.rows("SELECT count(*), sum(n) FROM $t") == [[2001, 2000]]


def _without(record: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != key}


def _measure(name: str, value: str) -> dict[str, Any]:
    return {"MeasureValues": [{"Name": name, "Value": value, "Type": "BIGINT"}]}
