from tests.bench.bench_thinning import report, worst


def test_a_sparse_channel_leaves_the_numbers_of_real_recordings_nearly_as_they_were() -> None:
    files, table = worst()
    print(report(files, table))
    assert max(abs(table["average heart rate", n].deviation) for n in (2, 5, 10, 20, 30, 60)) <= 0.02
    assert max(abs(table["TRIMP", n].deviation) for n in (2, 5, 10, 20, 30)) <= 0.02
    assert max(abs(table["average power", n].deviation) for n in (2, 5, 10)) <= 0.02
    assert max(abs(table["normalized power", n].deviation) for n in (2, 5, 10)) <= 0.03
