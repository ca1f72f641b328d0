"""A function's log: complete, of its own invocation, and without waiting for silence.

MiniStack reads a worker's standard error until it has been silent for 5 ms, or 50 ms if nothing came, after every
invocation: most of what a call costs. Here the Python worker ends each invocation's log with a line that names the
request, and the emulator waits for that line. The end of the stream ends a log too, so that nobody waits for a
process that is gone. What a thread of the function prints after its answer belongs to the next invocation, as on AWS.
"""

import queue
import secrets
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Protocol

from ministack.core import lambda_runtime

from local.patches.guard import pin, replace_once

MARK: Final = f"\x1e{secrets.token_hex(8)} "
"""Different in each emulator: no function prints it by chance, however odd its output."""
CLOSED: Final = object()
"""The last entry of a log whose process has ended."""
AT_MOST_S: Final = 2.0
"""A process that lives has written its mark before its answer; only a swamped machine takes longer to read it."""
KILLED_AT_MOST_S: Final = 0.25
"""A child of a killed function may keep the stream open."""

_STARTS: Final = "    _real_stdout = sys.stdout\n    sys.stdout = sys.stderr\n"
_KEEPS_THE_STREAM: Final = f"""{_STARTS}
    _ms_log, _ms_log_number = sys.stderr, os.dup(2)
    def _ms_end_log(request_id):
        try:
            _ms_log.flush()
        except ValueError:  # the function closed it
            pass
        os.write(_ms_log_number, ({MARK!r} + request_id + "\\n").encode())
"""
_ENDS: Final = "        _real_stdout.flush()\n\nrun()"
_ENDS_THE_LOG: Final = f'        _ms_end_log(_ms_ctx.get("request_id", ""))\n{_ENDS}'

_running = threading.local()


class Entries(Protocol):
    """The part of `queue.Queue` that a log needs."""

    def get(self, *, timeout: float) -> Any: ...
    def put(self, item: Any) -> None: ...


def mend_log() -> None:
    worker = lambda_runtime.Worker
    pin(worker.invoke, "96751a754710")
    pin(worker._read_stderr, "d8eb30038f94")
    pin(worker._drain_stderr, "71498e9146ca")
    pin(worker._drain_stderr_bounded, "3fd7cc742872")
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    script = replace_once(script, _STARTS, _KEEPS_THE_STREAM, what="the worker script's output")
    script = replace_once(script, _ENDS, _ENDS_THE_LOG, what="the worker script's loop")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script
    worker.invoke = _remembering_the_request(worker.invoke)
    worker._read_stderr = _of_python(_read_to_the_end, worker._read_stderr)
    worker._drain_stderr = _of_python(_what_a_killed_one_wrote, worker._drain_stderr)
    worker._drain_stderr_bounded = _of_python(_what_this_request_wrote, worker._drain_stderr_bounded)


def log_until(entries: Entries, request_id: str | None, *, within_s: float) -> str:
    """The lines up to the mark of that request, or to the end of the stream."""
    lines: list[str] = []
    deadline = time.monotonic() + within_s
    while (left := deadline - time.monotonic()) > 0:
        try:
            entry = entries.get(timeout=left)
        except queue.Empty:
            break
        if entry is CLOSED:
            entries.put(CLOSED)  # whoever asks again need not wait either
            break
        text, marked, ended = entry.rpartition(MARK)
        if text or not marked:  # a function may end without a newline
            lines.append(text if marked else entry)
        if marked and ended == request_id:
            break
    return "\n".join(lines)


def _remembering_the_request(invoke: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(invoke)
    def mended(worker: Any, event: Any, request_id: str, **context: Any) -> Any:
        _running.request_id = request_id
        return invoke(worker, event, request_id, **context)

    return mended


def _of_python(mended: Callable[[Any], Any], original: Callable[..., Any]) -> Callable[..., Any]:
    """Only the script of Python workers is changed; other runtimes keep the silence."""

    @wraps(original)
    def chosen(worker: Any, *args: Any, **kwargs: Any) -> Any:
        if str(worker.config.get("Runtime", "python")).startswith("python"):
            return mended(worker)
        return original(worker, *args, **kwargs)

    return chosen


def _read_to_the_end(worker: Any) -> None:
    """The thread of one process: its queue is not that of a process that comes after it."""
    entries = worker._stderr_queue
    try:
        for line in worker._proc.stderr:
            entries.put(line.rstrip("\n"))
    finally:
        entries.put(CLOSED)


def _what_this_request_wrote(worker: Any) -> str:
    return log_until(worker._stderr_queue, _running.request_id, within_s=AT_MOST_S)


def _what_a_killed_one_wrote(worker: Any) -> str:
    return log_until(worker._stderr_queue, None, within_s=KILLED_AT_MOST_S)
