"""WebSocket API (API Gateway v2): what a function says is in its log.

Trap found by looking for a live workout with `stadion trace`: messages of a connection go straight to the worker of a
Python function, past everything that an invocation has besides: log lines, their START, END and REPORT, the counts of
invocations and errors. And an exception's text was sent to the client.
"""

import inspect
from typing import Any

from ministack.services import apigateway

from local.patches.guard import pin, replace_once


def apply() -> None:
    pin(apigateway._invoke_ws_lambda, "a80872394b0b")
    source = replace_once(
        inspect.getsource(apigateway._invoke_ws_lambda),
        'if code_zip and runtime.startswith(("python", "nodejs")):',
        "if False:",
        what="apigateway._invoke_ws_lambda",
    )
    mended: dict[str, Any] = {}
    exec(compile(source, apigateway.__file__, "exec"), apigateway.__dict__, mended)  # noqa: S102 - MiniStack's own source
    apigateway._invoke_ws_lambda = mended["_invoke_ws_lambda"]
