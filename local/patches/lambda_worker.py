"""Lambda's worker processes: real error types, a clean environment, one unpacked copy of the code.

Trap "raised exception: PARTIAL": `errorType` is always `Runtime.HandlerError` and the worker is killed, so Step
Functions cannot catch by name and the next call is a cold start. AWS gives the class name and the stack, and keeps
the process.
Trap "interpreter: host": a worker sees the emulator's whole site-packages, so that a dependency missing from the
layers goes unnoticed, and the host's environment leaks in. Here it sees what Lambda's runtime brings (boto3 and what
boto3 needs), the layers and the code.
Besides, every cold start unpacked the code and the layers into a new folder and compiled all of it again; here equal
archives are unpacked once, and their bytecode stays.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import types
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any, Final

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.patches.guard import pin, replace_once
from local.patches.lambda_log import mend_log

Result = dict[str, Any]

FAILED: Final = "__stadion_function_failed__"
RUNTIME_PACKAGES: Final = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six.py")
KEPT_ENVIRONMENT: Final = frozenset({"PATH", "TMPDIR", "STADION_TIMESTREAM_DATABASE"})
"""The last is no stack's to say here: the database is where `stadion up` started one."""
RUNTIME_ENVIRONMENT: Final = {
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
    "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "STADION_PATIENCE": "5",
}
SLOWER: Final = "STADION_LAMBDA_SLOWER"
FEWEST_BATCHES: Final = 2
MAX_BATCHES: Final = 5
UNUSED_CODE_IS_KEPT_S: Final = 7 * 24 * 3600

_REPORTS_AN_ERROR: Final = (
    '            _real_stdout.write(json.dumps({"status": "error", "error": str(e), '
    '"trace": traceback.format_exc()}) + "\\n")'
)
_REPORTS_ITS_CLASS: Final = f"""\
            _ms_stack = traceback.format_tb(e.__traceback__)[1:]
            _real_stdout.write(json.dumps({{"status": "ok", "result": {{"{FAILED}": {{
                "errorMessage": str(e), "errorType": type(e).__name__, "stackTrace": _ms_stack,
                "log": "[ERROR] " + "".join(traceback.format_exception(e)).rstrip()}}}}}}) + "\\n")"""
_REPORTS_A_FAILED_IMPORT: Final = (
    '        _real_stdout.write(json.dumps({"status": "error", "error": str(e)}) + "\\n")\n        _real_stdout.flush()'
)
_REPORTS_ITS_CAUSE: Final = (
    '        _real_stdout.write(json.dumps({"status": "error", "error": traceback.format_exc()}) + "\\n")\n'
    "        _real_stdout.flush()"
)
_INIT_FAILED: Final = "Worker init failed: "

_last = threading.local()


def apply(*, code_cache: Path) -> None:
    code_cache.mkdir(parents=True, exist_ok=True)
    mend_log()
    mend_batches_at_once()
    mend_error_types()
    mend_time(float(os.environ.get(SLOWER, "1")))
    mend_import_path_and_environment(code_cache / "runtime")
    mend_unpacking(code_cache / "code")


def mend_batches_at_once() -> None:
    """AWS begins with five batches of a queue at once, each in a process of its own: more than a laptop has cores."""
    pin(lambda_svc._sqs_esm_concurrency, "d3e9d1e865aa")
    lambda_svc._ESM_SQS_DEFAULT_CONCURRENCY = min(MAX_BATCHES, max(FEWEST_BATCHES, os.cpu_count() or 1))


def mend_time(slower: float) -> None:
    """How many times as long as on AWS a function may take: where tests keep all cores busy, a start does.

    AWS does not count a start against a function's timeout either.
    """
    pin(lambda_runtime.Worker.__init__, "9f537cd431cf")
    if slower == 1:
        return
    begin = lambda_runtime.Worker.__init__

    @wraps(begin)
    def patient(self: Any, func_name: str, config: Result, *args: Any, **kwargs: Any) -> None:
        begin(self, func_name, {**config, "Timeout": config.get("Timeout", 30) * slower}, *args, **kwargs)

    lambda_runtime.Worker.__init__ = patient


def mend_error_types() -> None:
    """The worker answers an exception like any result, marked; the marks become errors again on this side."""
    pin(lambda_runtime.Worker.invoke, "96751a754710")
    pin(lambda_svc._execute_function_warm, "62b9218bef5b")
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    script = replace_once(script, _REPORTS_AN_ERROR, _REPORTS_ITS_CLASS, what="the worker script's error report")
    script = replace_once(script, _REPORTS_A_FAILED_IMPORT, _REPORTS_ITS_CAUSE, what="the worker script's start")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script
    lambda_runtime.Worker.invoke = _unmark(lambda_runtime.Worker.invoke)
    lambda_svc._execute_function_warm = _with_error_type(lambda_svc._execute_function_warm)


def _unmark(invoke: Callable[..., Result]) -> Callable[..., Result]:
    @wraps(invoke)
    def mended(*args: Any, **kwargs: Any) -> Result:
        response = invoke(*args, **kwargs)
        result = response.get("result")
        failure = result.get(FAILED) if isinstance(result, dict) else None
        _last.failure = failure
        if failure is None:
            return response
        kept = {"log": response.get("log", ""), "cold_start": response.get("cold_start", False)}
        return {"status": "error", "error": failure["errorMessage"], "trace": failure["log"], **kept}

    return mended


def _with_error_type(execute: Callable[..., Result]) -> Callable[..., Result]:
    @wraps(execute)
    def mended(func: Result, event: Any, request_id: str) -> Result:
        _last.failure = None
        result = execute(func, event, request_id)
        failure, _last.failure = _last.failure, None
        if not result.get("error"):
            return result
        if failure is not None:
            names = ("errorMessage", "errorType", "stackTrace")
            return {**result, "body": {**{name: failure[name] for name in names}, "requestId": request_id}}
        return _failed_before_the_handler(result)

    return mended


def _failed_before_the_handler(result: Result) -> Result:
    """The module did not import, or the process ended: MiniStack logs nothing and names it RuntimeError."""
    body = result.get("body") or {}
    message = str(body.get("errorMessage", ""))
    if message.startswith(_INIT_FAILED):
        stack = message.removeprefix(_INIT_FAILED).strip()
        body = {"errorType": "Runtime.ImportModuleError", "errorMessage": stack.rpartition("\n")[2]}
        message = f"[ERROR] Runtime.ImportModuleError: Unable to import the function's module\n{stack}"
    return {**result, "body": body, "log": result.get("log") or message}


def mend_import_path_and_environment(runtime: Path) -> None:
    """`python -I -S`: no site-packages and no PYTHON* variables; boto3 from a folder of links, as AWS brings it."""
    pin(lambda_runtime._detect_runtime_binary, "222e200df2c0")
    pin(lambda_runtime.Worker._spawn, "c55febf95656")
    _link_runtime_packages(runtime)
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    lambda_runtime._PYTHON_WORKER_SCRIPT = f"import sys\nsys.path.append({str(runtime)!r})\n{script}"
    lambda_runtime.subprocess = _Delegate(subprocess, Popen=_popen_like_lambda)


def _link_runtime_packages(runtime: Path) -> None:
    runtime.mkdir(parents=True, exist_ok=True)
    installed = Path(sysconfig.get_paths()["purelib"])
    for name in RUNTIME_PACKAGES:
        target, link = installed / name, runtime / name
        if link.is_symlink() and link.readlink() == target:
            continue
        with suppress(FileNotFoundError):
            link.unlink()
        with suppress(FileExistsError):
            link.symlink_to(target)


def _popen_like_lambda(command: list[str], *, env: dict[str, str], **options: Any) -> subprocess.Popen[str]:
    if command[0] == sys.executable:
        command = [command[0], "-I", "-S", "-X", "utf8", *command[1:]]
    return subprocess.Popen(command, env=as_lambda_sees_it(env), errors="backslashreplace", **options)


def as_lambda_sees_it(environment: dict[str, str]) -> dict[str, str]:
    """Without what was only inherited from the emulator's process."""
    own = {name: value for name, value in environment.items() if _is_its_own(name, value)}
    return {**RUNTIME_ENVIRONMENT, **_named_in_requests(own), **own}


def _named_in_requests(own: dict[str, str]) -> dict[str, str]:
    """Each of its requests to AWS says in its User-Agent which function asks (`local.used_rights`)."""
    name = own.get("AWS_LAMBDA_FUNCTION_NAME")
    return {"AWS_SDK_UA_APP_ID": name.removeprefix("stadion-")} if name else {}


def _is_its_own(name: str, value: str) -> bool:
    return name.startswith("AWS_") or name in KEPT_ENVIRONMENT or os.environ.get(name) != value


def mend_unpacking(code: Path) -> None:
    """`extractall` of an archive seen before becomes a link to its one copy (Lambda's code is read-only too)."""
    code.mkdir(parents=True, exist_ok=True)
    _forget_unused(code)

    class OneCopy(zipfile.ZipFile):
        def extractall(self, path: Any = None, *_: Any) -> None:
            copy = code / self._digest()
            if not copy.is_dir():
                self._unpack_to(copy)
            os.utime(copy)
            target = Path(path)
            target.rmdir()
            target.symlink_to(copy)

        def _digest(self) -> str:
            entries = ((e.filename, e.CRC, e.file_size, e.external_attr) for e in self.infolist())
            return hashlib.sha256(repr(sorted(entries)).encode()).hexdigest()[:32]

        def _unpack_to(self, copy: Path) -> None:
            unpacked = Path(tempfile.mkdtemp(dir=code, prefix=".unpacking-"))
            super().extractall(unpacked)
            try:
                unpacked.rename(copy)
            except OSError:  # another worker was first
                shutil.rmtree(unpacked, ignore_errors=True)

    lambda_runtime.zipfile = _Delegate(zipfile, ZipFile=OneCopy)


def _forget_unused(code: Path) -> None:
    oldest = time.time() - UNUSED_CODE_IS_KEPT_S
    for copy in code.iterdir():
        if copy.stat().st_mtime < oldest:
            shutil.rmtree(copy, ignore_errors=True)


class _Delegate(types.SimpleNamespace):
    """A module as one other module sees it: itself, but for the given names."""

    def __init__(self, module: types.ModuleType, **instead: Any) -> None:
        super().__init__(**instead)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)
