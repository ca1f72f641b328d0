"""Start MiniStack with our patches: `python -m local.launcher`. Configured by environment, see `emulator.py`."""

import logging
import os
from pathlib import Path

from local import counted, used_rights
from local.backlog import with_backlog
from local.patches import apply_all
from local.patches.visitors import only_ours
from local.paths import CACHE
from local.processes import end_with_stdin
from local.snapshots import with_snapshots

logger = logging.getLogger("stadion.launcher")


def main() -> None:
    os.umask(0o077)  # what it writes is keys and mails too, some of it at its import
    for key in Path(os.environ.get("STATE_DIR", "nowhere")).rglob("*.pem"):
        key.chmod(0o600)  # of a state from before
    from ministack import app as ministack_app

    end_with_stdin()
    cache = Path(os.environ.get("STADION_CODE_CACHE", str(CACHE)))
    expiry = os.environ.get("STADION_EXPIRY_SECONDS")
    patches = apply_all(code_cache=cache, expiry_every_s=float(expiry) if expiry else None)
    used_rights.apply()
    counted.apply()
    every_s = float(os.environ.get("STADION_SNAPSHOT_SECONDS", "0"))
    ministack_app.app = only_ours(with_backlog(with_snapshots(ministack_app.app, every_s=every_s)))
    logger.info("mended: %s; snapshots every %s s", ", ".join(patches), every_s)
    ministack_app.main()


if __name__ == "__main__":
    main()
