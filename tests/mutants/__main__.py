"""`make mutants`: all of them, or those whose name or target contains the words given. Ends with a count."""

import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.catalogue import MUTANTS
from tests.mutants.engine import Fate, Laboratory, Mutant

AT_ONCE = 2


def main(words: list[str]) -> int:
    chosen = [mutant for mutant in MUTANTS if all(word in f"{mutant.name} {mutant.target}" for word in words)]
    if not chosen:
        sys.exit(f"no mutant's name or target has {' and '.join(words)} in it")
    print(f"{len(chosen)} mutants; first their tests as they are", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the copies go
    with tempfile.TemporaryDirectory(prefix="stadion-mutants-") as folder:
        free: SimpleQueue[Laboratory] = SimpleQueue()
        for number in range(AT_ONCE):
            free.put(Laboratory(Path(folder) / str(number)))
        if not _healthy(chosen, free):
            return 1
        with ThreadPoolExecutor(AT_ONCE) as pool:
            fates = list(pool.map(lambda mutant: _tried(mutant, free), chosen))
    killed = fates.count(Fate.KILLED)
    print(f"{killed} passed, {len(fates) - killed} failed")
    return 0 if killed == len(fates) else 1


def _healthy(chosen: list[Mutant], free: "SimpleQueue[Laboratory]") -> bool:
    """Without a mutant all their tests are green: what is red anyway kills nobody."""
    laboratory = free.get()
    tests = sorted({test for mutant in chosen for test in mutant.tests})
    code, told = laboratory.run(("-n", str(AT_ONCE), "--dist", "loadfile", *tests))
    free.put(laboratory)
    print(f"without a mutant: {told}", flush=True)
    return code == 0


def _tried(mutant: Mutant, free: "SimpleQueue[Laboratory]") -> Fate:
    laboratory = free.get()
    started = time.monotonic()
    try:
        fate, told = laboratory.fate_of(mutant)
    finally:
        free.put(laboratory)
    print(f"{fate:<9} {time.monotonic() - started:>4.0f} s  {mutant.name}  ({mutant.target})  {told}", flush=True)
    return fate


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
