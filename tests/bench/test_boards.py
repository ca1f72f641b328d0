from tests.bench.bench_boards import measure, report
from tests.kit.size import sized


def test_a_rank_and_a_page_cost_a_handful_of_requests_whatever_the_board() -> None:
    found = measure(sized(small=6_000, large=200_000), asked=sized(small=40, large=200), workouts=10, updates=100)

    for one in found.reads:
        assert max(one.rank.requests) <= 3
        assert max(one.rank.units) <= 6
        assert max(one.page.requests) <= 6
        assert max(one.page.units) <= 20
    assert found.alone <= 150
    print(report(found))
