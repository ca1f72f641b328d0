"""All SQL that Timestream is asked, as named templates: `literals` renders what is put into them.

A workout's rows are never deleted, as Timestream cannot. `standing` knows the newest word about each workout: which
`content` (a hash of its samples) counts, and whether it is deleted; rows of another content or revision do not join.
"""

# ruff: noqa: S608 - the templates are made of each other, and of nothing else

from collections.abc import Mapping
from typing import Final

from telemetry.timeseries.bins import PERCENTILES
from telemetry.timeseries.port import SeriesFill, SeriesSource
from telemetry.timeseries.timestream.literals import QueryTemplate

_STANDING: Final = """
standing AS (
    SELECT * FROM (
        SELECT workout_id,
               max(revision) AS revision,
               max_by(content, revision) AS content,
               max_by(day, revision) AS day,
               max_by(deleted, revision) AS deleted,
               max_by(has_load, revision) AS has_load,
               max_by(load, revision) AS load
        FROM $database."workouts"
        WHERE user_id = $user AND measure_name = 'workout'
        GROUP BY workout_id
    )
    WHERE deleted = false AND day BETWEEN $first AND $last
)"""

_IS_RECORDED: Final = """
    FROM $database."workout_samples" AS s
    INNER JOIN standing AS w ON s.workout_id = w.workout_id AND s.content = w.content
    WHERE s.user_id = $user AND s.time >= $since AND s.time < $until AND s.$metric IS NOT NULL"""

_RECORDED: Final = f"""{_STANDING},
samples AS (
    SELECT w.day AS day, s.time AS time, s.$metric AS value{_IS_RECORDED}
)"""

_SENT: Final = """
samples AS (
    SELECT day, time, value
    FROM $database."device_samples"
    WHERE user_id = $user AND measure_name = $metric AND time >= $since AND time < $until
      AND day BETWEEN $first AND $last
)"""

_SAMPLES: Final = {SeriesSource.WORKOUTS: _RECORDED, SeriesSource.DEVICES: _SENT}

# --- trend: exact percentiles by nearest rank over the bins ---------------------------------------------------------

_RANKS: Final = ",\n       ".join(f"min(CASE WHEN upto * 100 >= {p} * whole THEN bin END) AS p{p}" for p in PERCENTILES)

_TREND: Final = f""",
bins AS (
    SELECT date_trunc($period, from_iso8601_timestamp(day)) AS start,
           floor(floor(value * $per_unit) / $every) AS bin,
           count(*) AS n, sum(value) AS total, min(value) AS least, max(value) AS most
    FROM samples
    GROUP BY 1, 2
),
ranked AS (
    SELECT start, bin, n, total, least, most,
           sum(n) OVER (PARTITION BY start ORDER BY bin) AS upto,
           sum(n) OVER (PARTITION BY start) AS whole
    FROM bins
)
SELECT start, sum(n) AS n, sum(total) AS total, min(least) AS least, max(most) AS most,
       {_RANKS}
FROM ranked
GROUP BY start
ORDER BY start"""

TREND: Final[Mapping[SeriesSource, QueryTemplate]] = {
    source: QueryTemplate(f"WITH {samples}{_TREND}") for source, samples in _SAMPLES.items()
}

# --- zones and histograms -------------------------------------------------------------------------------------------

HELD: Final = QueryTemplate(f"""WITH {_STANDING},
samples AS (
    SELECT s.$metric AS value, coalesce(s.$held, s.held_s) AS held_s{_IS_RECORDED}
)
SELECT floor(floor(floor(value * $per_unit) / $every) / $together) AS bin, sum(held_s) AS seconds
FROM samples
GROUP BY 1
ORDER BY 1""")

# --- load and mean-max ----------------------------------------------------------------------------------------------

DAILY_LOADS: Final = QueryTemplate(f"""WITH {_STANDING}
SELECT day, sum(load) AS load, count(*) AS workouts
FROM standing
WHERE has_load = true
GROUP BY day
ORDER BY day""")

MEAN_MAX: Final = QueryTemplate(f"""WITH {_STANDING},
ranked AS (
    SELECT m.duration_s AS duration_s, m.value AS value, w.workout_id AS workout_id, w.day AS day,
           row_number() OVER (PARTITION BY m.duration_s ORDER BY m.value DESC, w.day, w.workout_id) AS place
    FROM $database."workouts" AS m
    INNER JOIN standing AS w ON m.workout_id = w.workout_id AND m.revision = w.revision
    WHERE m.user_id = $user AND m.measure_name = 'mean_max' AND m.metric = $metric
)
SELECT duration_s, value, workout_id, day
FROM ranked
WHERE place = 1
ORDER BY duration_s""")

# --- series ---------------------------------------------------------------------------------------------------------

_STEPPED: Final = """,
stepped AS (
    SELECT bin(time + $shift, $step) AS start, avg(value) AS value
    FROM samples
    GROUP BY 1
)"""


def _interpolated(function: str) -> str:
    return f""",
filled AS (
    SELECT {function}(create_time_series(start, value), sequence(min(start), max(start), $step)) AS points
    FROM stepped
    HAVING count(*) > 0
)
SELECT time, value
FROM filled
CROSS JOIN UNNEST(points) AS t(time, value)
ORDER BY time"""


_FILLS: Final = {
    SeriesFill.NONE: "\nSELECT start, value\nFROM stepped\nORDER BY start",
    SeriesFill.LINEAR: _interpolated("interpolate_linear"),
    SeriesFill.PREVIOUS: _interpolated("interpolate_locf"),
}

SERIES: Final[Mapping[tuple[SeriesSource, SeriesFill], QueryTemplate]] = {
    (source, fill): QueryTemplate(f"WITH {samples}{_STEPPED}{body}")
    for source, samples in _SAMPLES.items()
    for fill, body in _FILLS.items()
}

# --- latest ---------------------------------------------------------------------------------------------------------

LATEST: Final[Mapping[SeriesSource, QueryTemplate]] = {
    SeriesSource.WORKOUTS: QueryTemplate(f"""WITH {_STANDING},
ranked AS (
    SELECT l.metric AS metric, l.time AS time, l.value AS value,
           row_number() OVER (PARTITION BY l.metric ORDER BY l.time DESC, l.value DESC) AS place
    FROM $database."workouts" AS l
    INNER JOIN standing AS w ON l.workout_id = w.workout_id AND l.revision = w.revision
    WHERE l.user_id = $user AND l.measure_name = 'last' AND l.metric IN ($metrics)
)
SELECT metric, time, value
FROM ranked
WHERE place = 1"""),
    SeriesSource.DEVICES: QueryTemplate("""WITH ranked AS (
    SELECT measure_name, time, value,
           row_number() OVER (PARTITION BY measure_name ORDER BY time DESC, value DESC) AS place
    FROM $database."device_samples"
    WHERE user_id = $user AND measure_name IN ($metrics)
)
SELECT measure_name, time, value
FROM ranked
WHERE place = 1"""),
}

# --- what has been written at all -----------------------------------------------------------------------------------

DESCRIBE: Final = QueryTemplate("DESCRIBE $database.$table")
