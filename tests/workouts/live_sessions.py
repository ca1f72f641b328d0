"""Finished live sessions, as telemetry tells of them."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from stadion import claims, clock
from stadion.streams.recorded import TIME, bundle, chunks
from tests.kit.services import ATHLETE, Service, sqs_event

SESSION = "01a228bc-0000-7000-8000-000000000001"


def finished(
    diary: Service,
    began: datetime,
    lasts_s: int,
    *,
    revision: int = 1,
    session_id: str = SESSION,
    sport_type: str = "Run",
    sampled_s: int | None = None,
    degrees: float = 3e-5,
) -> dict[str, Any]:
    """The event, with its claim deposited; `sampled_s`: until when samples came."""
    time_s = np.arange(0.0, (sampled_s or lasts_s) + 1)
    columns = {TIME: time_s, "lat": 55.0 + time_s * degrees, "lon": np.full(len(time_s), 37.6)}
    diary.enter()
    key = claims.deposit(f"{claims.folder(ATHLETE, session_id)}live-{revision}", bundle(chunks(columns)))
    return {
        "source": "stadion.telemetry",
        "detail_type": "LiveSessionFinished",
        "detail": {
            "event_id": f"01a228bc-0000-7000-8000-0000000001{revision:02}",
            "occurred_at": clock.rfc3339(began + timedelta(seconds=lasts_s)),
            "user_id": ATHLETE,
            "correlation_id": "test",
            "version": 1,
            "data": {
                "session_id": session_id,
                "revision": revision,
                "outcome": "stopped",
                "sport_type": sport_type,
                "started_at": clock.rfc3339(began),
                "ended_at": clock.rfc3339(began + timedelta(seconds=lasts_s)),
                "streams": {"key": key, "samples": len(time_s)},
            },
        },
    }


def save(diary: Service, event: dict[str, Any]) -> None:
    assert diary.invoke("on_live_sessions", sqs_event(event)) == {"batchItemFailures": []}
