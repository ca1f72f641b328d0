"""The copy of an athlete's consents that a service keeps of `ConsentChanged`, in whatever order the news come."""

from stadion.events.accounts import ConsentChanged, ConsentKind
from stadion.values import Value


class Consent(Value):
    granted: bool
    revision: int


Consents = dict[ConsentKind, Consent]
"""As it is stored: kind -> {granted, revision}. A kind that nobody told of was never granted."""


def merge(known: Consent | None, news: ConsentChanged) -> Consent:
    """The newer revision wins: older and repeated news change nothing."""
    if known is not None and known.revision >= news.revision:
        return known
    return Consent(granted=news.granted, revision=news.revision)


def with_news(known: Consents, news: ConsentChanged) -> Consents:
    return {**known, news.kind: merge(known.get(news.kind), news)}


def granted(known: Consents) -> frozenset[ConsentKind]:
    return frozenset(kind for kind, consent in known.items() if consent.granted)
