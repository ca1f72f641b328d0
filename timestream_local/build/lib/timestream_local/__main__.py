"""`python -m timestream_local`: the endpoint alone, until Ctrl-C."""

import argparse
import os
import signal
import sys
from pathlib import Path
from threading import Event, Thread

from timestream_local.server import TimestreamEndpoint

PORT = 4570


def main() -> None:
    arguments = _arguments()
    endpoint = TimestreamEndpoint(
        arguments.port,
        arguments.state,
        late_delay_s=arguments.late_delay,
        onboarded=not arguments.not_onboarded,
        empty_first_page=arguments.empty_first_page,
    )
    ended = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    if arguments.end_with_stdin:
        Thread(target=_wait_for_the_end_of_stdin, args=(ended,), daemon=True).start()
    with endpoint:
        sys.stdout.write(f"Timestream (local) listens on {endpoint.url}, its state is in {arguments.state}\n")
        sys.stdout.flush()
        ended.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m timestream_local", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--state", type=Path, default=Path(".timestream"), help="default: %(default)s")
    parser.add_argument("--late-delay", type=float, default=0, metavar="S", help="late records are seen after so long")
    parser.add_argument("--not-onboarded", action="store_true", help="answer as AWS does to an account without access")
    parser.add_argument("--empty-first-page", action="store_true", help="the first page of each query is empty")
    parser.add_argument("--end-with-stdin", action="store_true", help="stop when whoever started it is gone")
    return parser.parse_args()


def _wait_for_the_end_of_stdin(ended: Event) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    ended.set()


if __name__ == "__main__":
    main()
