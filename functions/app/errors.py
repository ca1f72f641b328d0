"""What can be wrong with the app's configuration."""

from app.domain import MAX_FEATURES
from stadion.errors import ConflictError, InvalidError
from stadion.i18n import Text


class VersionsOutOfOrderError(InvalidError):
    code = "versions_out_of_order"
    title = Text(en="Versions are out of order", ru="Версии не по порядку")
    explanation = Text(
        en="The minimum version is newer than the recommended one. Send both, or lower the minimum.",
        ru="Минимальная версия новее рекомендуемой. Передайте обе или понизьте минимальную.",
    )


class TooManyFeaturesError(ConflictError):
    code = "too_many_features"
    title = Text(en="Too many features", ru="Слишком много функций")
    explanation = Text(
        en=f"There may be {MAX_FEATURES} features. Remove those that no app asks for any more.",
        ru=f"Функций может быть не больше {MAX_FEATURES}. Уберите те, о которых приложения больше не спрашивают.",
    )
