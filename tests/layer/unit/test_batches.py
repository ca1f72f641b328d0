from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from stadion.batches import batched_by


@given(sizes=st.lists(st.integers(0, 12), max_size=60), max_count=st.integers(1, 10), max_bytes=st.integers(1, 40))
def test_batches_hold_everything_in_order_and_no_more_than_fits(
    sizes: list[int], max_count: int, max_bytes: int
) -> None:
    batches = list(batched_by(sizes, max_count=max_count, max_bytes=max_bytes, size_of=int))

    assert [size for batch in batches for size in batch] == sizes
    assert all(len(batch) <= max_count for batch in batches)
    assert all(sum(batch) <= max_bytes or len(batch) == 1 for batch in batches)


@given(sizes=st.lists(st.integers(0, 12), max_size=60), max_count=st.integers(1, 10), max_bytes=st.integers(1, 40))
def test_a_batch_ends_only_where_the_next_would_not_fit(sizes: list[int], max_count: int, max_bytes: int) -> None:
    batches = list(batched_by(sizes, max_count=max_count, max_bytes=max_bytes, size_of=int))

    for batch, following in pairwise(batches):
        assert len(batch) == max_count or sum(batch) + following[0] > max_bytes
