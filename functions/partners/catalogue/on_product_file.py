"""S3 says that a catalogue arrived (through a queue): take it in."""

from partners.catalogue import import_files, import_service
from partners.catalogue.errors import ImportNotFoundError
from stadion import clock
from stadion.events.arrivals import arrival_consumer
from stadion.observability import correlate, count, log

SECONDS = 240
"""Of the function's 300: what is left goes on in the next message, at once."""


def take_in(key: str, tries: int) -> None:
    import_id = import_files.import_of(key)
    correlate(import_id)
    try:
        done = import_service.take_in(import_id, lambda: import_files.fetch(key), now=clock.now, seconds=SECONDS)
    except ImportNotFoundError:
        log("import unknown", import_id=import_id, outcome="ignored")
        return
    if not done.is_over:
        import_files.announce_again(key)
        log("import goes on", import_id=import_id, partner_id=done.partner_id, lines=done.lines, tries=tries)
        return
    count("ProductsImported", done.changed)
    log(
        "imported",
        import_id=import_id,
        partner_id=done.partner_id,
        outcome=done.state.value,
        problem=done.problem,
        changed=done.changed,
        refused=done.refused,
        tries=tries,
    )


handler = arrival_consumer(take_in)
