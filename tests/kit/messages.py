"""The messages that a service has asked for, as an athlete reads them."""

from notifications import templates
from stadion.i18n import Language
from stadion.units import KnownReader, UnitSystem
from tests.kit.services import Service


def said(service: Service, language: Language, units: UnitSystem = UnitSystem.METRIC) -> dict[str, tuple[str, str]]:
    """Title and body by the message's name; of several requests the last. KeyError where a value is missing."""
    found, reader = {}, KnownReader(language, units)
    for request in (entry["detail"]["data"] for entry in service.published("NotificationRequested")):
        templates.check(request["template"], request["values"])
        found[request["template"]] = templates.words(request["template"], request["values"], reader)
    return found
