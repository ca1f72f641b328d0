from tests.bench.bench_standing import designs, report


def test_one_item_costs_one_read_a_request_and_hears_at_once() -> None:
    one, *others = designs(looks=1)

    assert (one.requests, one.heard) == (1, "at once")
    assert all(other.heard != "at once" for other in others)
    print(report())
