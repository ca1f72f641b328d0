"""What `functions/app` answers for the other services: the words of their codes, and their limits.

Words of a service's own codes are in its folder `words`, a file for each language with a table for each kind of code.
Those that several services share are of the layer. Each fault is told in a line.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from app.facts import AppLimits
from gamification.records.domain import record_group
from gamification.xp.domain import LEVELS
from local.contracts.services import FUNCTIONS
from local.errors import ActionableError
from stadion.categories import GearCategory
from stadion.category_names import category_names
from stadion.effort_names import effort_names
from stadion.i18n import Language
from stadion.pagination import MAX_LIMIT
from stadion.rewards import REWARDS
from stadion.sport_names import sport_names
from stadion.sports import SportType, WearUnit
from stadion.standing import ATHLETES_A_MINUTE
from workouts.bulk import schemas as bulk
from workouts.domain import MAX_SOURCES, MAX_TAGS, Feeling, Mark
from workouts.photos import picture_store
from workouts.photos.domain import MAX_PHOTOS
from workouts.quotas.domain import BYTES, UPLOADS, WORKOUTS
from workouts.recordings.measures.efforts import DISTANCES_M
from workouts.schemas import NewWorkout
from workouts.texts import FLAGS
from workouts.uploads.incoming_store import MAX_BYTES

FOLDER: Final = "words"
Said = Mapping[str, str]
"""Language -> word."""
Words = dict[str, dict[str, Said]]
"""Kind of code -> code -> its words."""
KNOWN: Final[Mapping[str, Collection[str]]] = {
    "best_efforts": DISTANCES_M,
    "feelings": [one.value for one in Feeling],
    "flags": FLAGS,
    "gear_categories": [one.value for one in GearCategory],
    "marks": [one.value for one in Mark],
    "sports": [one.value for one in SportType],
    "wear_units": [one.value for one in WearUnit],
}
"""Codes that must have words, no more and no fewer."""


class UnclearWordsError(ActionableError):
    title = "The words of codes are not in order"


def words(functions: Path = FUNCTIONS) -> Words:
    """All kinds in the order of their names."""
    found = _of_services(functions)
    groups = found.pop("record_groups", {})
    found |= {
        "best_efforts": dict(effort_names()),
        "gear_categories": dict(category_names()),
        "sports": dict(sport_names()),
    }
    if faults := list(_faults(found)):
        raise UnclearWordsError("\n".join(faults))
    found["record_groups"] = {**_groups_of_one_sport(), **groups}
    found["levels"] = {str(one.level): {"en": f"Level {one.level}", "ru": f"Уровень {one.level}"} for one in LEVELS}
    found["rewards"] = {code.value: {"en": one.title.en, "ru": one.title.ru} for code, one in REWARDS.items()}
    return dict(sorted(found.items()))


def _of_services(functions: Path) -> Words:
    found: Words = {}
    for folder in sorted(functions.glob(f"*/{FOLDER}")):
        for language in Language:
            file = folder / f"{language.value}.toml"
            for kind, said in tomllib.loads(file.read_text(encoding="utf-8")).items():
                for code, word in said.items():
                    one = dict(found.setdefault(kind, {}).get(code, {}))
                    found[kind][code] = {**one, language.value: word}
    return found


def _faults(found: Words) -> Iterator[str]:
    for kind in sorted(KNOWN.keys() ^ found.keys()):
        yield f"{kind}: {'has no words' if kind in KNOWN else 'is no kind of code that is known'}"
    for kind in sorted(KNOWN.keys() & found.keys()):
        for code in sorted({*KNOWN[kind]} ^ found[kind].keys()):
            yield f"{kind}: {code} {'has no word' if code in KNOWN[kind] else 'is no code'}"
        for code, said in found[kind].items():
            for language in Language:
                if not said.get(language.value, "").strip():
                    yield f"{kind}: {code} has no word in {language.value}"


def _groups_of_one_sport() -> dict[str, Said]:
    return {record_group(SportType(sport)): said for sport, said in sport_names().items()}


def limits() -> AppLimits:
    return AppLimits(
        requests_a_minute=ATHLETES_A_MINUTE,
        page_items=MAX_LIMIT,
        uploads_a_day=UPLOADS.most,
        upload_bytes_a_day=BYTES.most,
        workouts_a_day=WORKOUTS.most,
        upload_bytes=MAX_BYTES,
        files_a_workout=MAX_SOURCES,
        name_characters=_longest("name"),
        description_characters=_longest("description"),
        notes_characters=_longest("notes"),
        tags=MAX_TAGS,
        gear_a_workout=_most_items("gear_ids"),
        photos_a_workout=MAX_PHOTOS,
        photo_bytes=picture_store.MAX_BYTES,
        workouts_in_bulk=bulk.MOST,
    )


def _longest(field: str) -> int:
    return int(_schema(field)["maxLength"])


def _most_items(field: str) -> int:
    return int(_schema(field)["maxItems"])


def _schema(field: str) -> dict[str, Any]:
    """As the API's document has it."""
    kinds: list[dict[str, Any]] = NewWorkout.model_json_schema()["properties"][field]["anyOf"]
    return kinds[0]
