"""21: the WebSocket API: who comes in, what is answered, what is pushed, how long a line holds."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stadion_cli.preflight.checks import Finding, judged, skipped
from stadion_cli.preflight.people import PASSWORD
from stadion_cli.preflight.queues import seen_within
from stadion_cli.preflight.world import World

NINE_MINUTES_S: Final = 540
TWO_HOURS_S: Final = 7_260
FRAME: Final = 33 * 1024
SAMPLES: Final = 60
FOUND_WITHIN_S: Final = 60.0
TOLD_WITHIN_S: Final = 20.0
LOGS: Final = "stadion logs live-on-socket --since 10m; docs/live-protocol.md"


def comes_in(world: World) -> Iterator[Finding]:
    from websockets.exceptions import InvalidStatus

    from local.demo.live import Line, dial

    anna = world.people.athlete("anna")
    try:
        dial(f"{world.socket}?token=nonsense").close()
        refused: Any = "let in"
    except InvalidStatus as error:
        refused = error.response.status_code
    yield judged(refused in {401, 403}, f"with a bad token: {refused}", f"with a bad token: {refused}", LOGS)
    line = Line(world.socket, {"token": anna.access_token})
    answer = line.ask("ping")
    yield judged(answer["type"] == "pong", "with a token: in, and a ping is answered", f"a ping got {answer}", LOGS)
    if world.wishes.long:
        time.sleep(NINE_MINUTES_S)
        answer = line.ask("ping")
        yield judged(answer["type"] == "pong", "after nine minutes of silence the line holds", f"it got {answer}", LOGS)
    else:
        yield skipped("a ping after nine minutes, and coming back after two hours: --long")
    line.hang_up()


def a_follower_sees(world: World) -> Iterator[Finding]:
    from local.demo.live import Follower, Live

    anna, ben = world.people.athlete("anna"), world.people.athlete("ben")
    live = Live(anna, world.socket)
    live.start("Run", (datetime.now(UTC) - timedelta(minutes=5)).isoformat())
    try:
        live.allow(ben)
        follower = Follower.with_account(world.socket, ben)
        _run(live, 0)
        seen_within(world.within(FOUND_WITHIN_S), lambda: follower.finds(anna.user_id), every_s=1)
        known = len(follower.seen)
        _run(live, SAMPLES)

        def is_told() -> bool:
            follower.look(within_s=1)
            return len(follower.seen) > known

        yield judged(
            bool(seen_within(world.within(TOLD_WITHIN_S), is_told, every_s=0)),
            "what an athlete sends is pushed to a follower",
            "a follower was told nothing",
            "rights of audience-on-pushes on @connections; " + LOGS,
        )
        if world.wishes.long:
            yield from _comes_back(live)
        follower.line.hang_up()
    finally:
        live.say("stop", 2.0 * SAMPLES)
        live.line.hang_up()


def _run(live: Any, begin: int) -> None:
    times = [float(second) for second in range(begin, begin + SAMPLES)]
    live.samples(
        times,
        lat=[51.0 + 0.00003 * second for second in times],
        lon=[31.0 for _ in times],
        heart_rate_bpm=[140.0 for _ in times],
    )


def _comes_back(live: Any) -> Iterator[Finding]:
    """AWS ends every line after two hours."""
    time.sleep(TWO_HOURS_S)
    live.line.hang_up()
    live.athlete.sign_in(PASSWORD)
    live.line.credentials = {"token": live.athlete.access_token}
    answer = live.line.ask("ping")
    yield judged(answer["type"] == "pong", "after two hours it comes back and goes on", f"it got {answer}", LOGS)


def too_large(world: World) -> Iterator[Finding]:
    from websockets.exceptions import ConnectionClosed

    from local.demo.live import dial

    socket = dial(f"{world.socket}?token={world.people.athlete('ben').access_token}")
    try:
        socket.send(json.dumps({"action": "ping", "request_id": "large", "padding": "x" * FRAME}))
        said: Any = json.loads(socket.recv(timeout=20))
        ended = None
    except ConnectionClosed as closed:
        said, ended = None, closed.rcvd.code if closed.rcvd else 1006
    finally:
        socket.close()
    yield judged(
        ended in {1009, 1006} or (said or {}).get("type") == "error",
        f"a message of 33 KB is refused: {'the line ends with ' + str(ended) if ended else 'an error'}",
        f"a message of 33 KB was answered with {said}",
        LOGS,
    )
