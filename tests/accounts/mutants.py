"""The safeguards of accounts that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

MUTANTS: Final = (
    Mutant(
        "of two edits of one profile the last one wins",
        "accounts.store:revise_profile",
        "change.replace(PROFILES.seen(old), new, refused=StaleVersionError)",
        "change.put(PROFILES, new, new=False)",
        ("tests/accounts/integration",),
    ),
    Mutant(
        "a picture of any size is unpacked",
        "accounts.avatars.pictures:avatar_of",
        "picture.width * picture.height > MAX_PIXELS",
        "False",
        ("tests/accounts/avatars/unit",),
    ),
)
