"""What a caller of the time series can meet."""

from stadion.errors import UnavailableError
from stadion.i18n import Text


class TelemetryStoreBusyError(UnavailableError):
    """The service behind the series did not take or answer it, after several tries."""

    code = "telemetry_store_busy"
    title = Text(en="Busy", ru="Сервис занят")
    explanation = Text(
        en="The time series cannot be asked right now. Try again in a moment.",
        ru="Сейчас временные ряды недоступны. Повторите чуть позже.",
    )


class NotAskableError(ValueError):
    """No series answers this: an unknown metric, a width between the bins, a range that is too long."""
