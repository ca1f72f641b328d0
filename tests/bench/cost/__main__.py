"""`make cost`: counts on a stack of its own (some minutes), looks into the templates of prod, writes `docs/cost.md`.

With `--again` it only writes the page, from the counts of before and today's prices and month.
"""

import json
import logging
import sys
import tempfile
from pathlib import Path

from infra_cdk.environments import PROD
from tests.bench.cost import acts, bill, page
from tests.bench.cost.inventory import Inventory
from tests.kit.templates import in_process, owned


def main() -> None:
    if "--again" not in sys.argv:
        logging.disable(logging.INFO)
        with tempfile.TemporaryDirectory() as folder:
            templates = in_process(owned(PROD), Path(folder)).templates
        counted = {name: tally.as_dict() for name, tally in acts.counts().items()}
        found = {name: counted[name] for name in counted if name in bill.MONTH["acts"]}  # what was before is kept apart
        page.COUNTS.write_text(
            json.dumps({"inventory": Inventory.of(templates).as_dict(), "acts": found}, indent=1) + "\n"
        )
    page.DOCUMENT.write_text(page.written(page.DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
