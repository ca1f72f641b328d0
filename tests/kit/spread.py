"""How pytest-xdist spreads files over its workers when a test ends one of them, by a crash or by the hang limit."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class OnceEach(LoadFileScheduling):
        def schedule(self) -> None:
            """A worker begins its last test when it is told that it is the last: one that replaces another, never."""
            super().schedule()
            for node in self.nodes:
                self._reschedule(node)

        def remove_node(self, node: "WorkerController") -> str | None:
            return removed(self, node)

    return OnceEach(config, log)


def removed(sched: Any, node: Any) -> str | None:
    """The test that ended the worker, which is not tried again; what else the worker had is given to others.

    Xdist's own tries it on the next worker, three times the hang limit in all, and hands out files that are through:
    a worker that has got nothing but those is never asked again, and the run never ends (3.8.0).
    """
    units = sched.assigned_work.pop(node)
    ended = next((test for tests in units.values() for test, through in tests.items() if not through), None)
    if ended is None:
        return None
    for tests in units.values():
        if ended in tests:
            tests[ended] = True
    sched.workqueue.update({file: tests for file, tests in units.items() if not all(tests.values())})
    for other in sched.assigned_work:
        if other in sched.registered_collections:
            sched._reschedule(other)
    return ended
