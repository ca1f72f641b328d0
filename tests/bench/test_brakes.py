from tests.bench.bench_brakes import REQUESTS, costs, report


def test_counting_is_the_look_itself_and_hammering_costs_next_to_nothing() -> None:
    trains, looks_in, much_ended, hammers = costs()

    assert (trains.requests, trains.refused) == (REQUESTS, 0)
    assert trains.item_bytes < 1024
    assert looks_in.requests <= 1.1 * REQUESTS
    assert (much_ended.requests, much_ended.refused) == (REQUESTS, 0)
    assert (hammers.refused, hammers.requests <= 10) == (REQUESTS - 5, True)
    print(report())
