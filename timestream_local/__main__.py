"""`python -m local.timestream`: the endpoint alone, until Ctrl-C."""

import argparse
import signal
import sys
from pathlib import Path
from threading import Event

from local.processes import end_with_stdin
from local.timestream.server import TimestreamEndpoint

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
    end_with_stdin()
    with endpoint:
        sys.stdout.write(f"Timestream (local) listens on {endpoint.url}, its state is in {arguments.state}\n")
        sys.stdout.flush()
        ended.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.timestream", description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--state", type=Path, default=Path(".stadion/timestream"), help="default: %(default)s")
    parser.add_argument("--late-delay", type=float, default=0, metavar="S", help="late records are seen after so long")
    parser.add_argument("--not-onboarded", action="store_true", help="answer as AWS does to an account without access")
    parser.add_argument("--empty-first-page", action="store_true", help="the first page of each query is empty")
    return parser.parse_args()


if __name__ == "__main__":
    main()
