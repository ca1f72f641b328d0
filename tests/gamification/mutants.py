"""The safeguards of gamification that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

MUTANTS: Final = (
    Mutant(
        "the shelf of records is written over whatever came between",
        "gamification.records.store:write",
        "change.replace(shelf.stored, standing)",
        "change.put(shelf.stored.place, standing, new=False)",
        ("tests/platform/e2e/faults",),
    ),
    Mutant(
        "records of an older version replace those of a newer one",
        "gamification.records.store:Shelf.is_stale",
        "self.entry.value.revision >= revision",
        "self.entry.value.revision == revision",
        ("tests/gamification/integration",),
    ),
    Mutant(
        "of equal records the last one stands",
        "gamification.records.domain:Record.rank",
        ", self.started_at, self.workout_id",
        ", self.workout_id, self.started_at",
        ("tests/gamification/unit",),
    ),
    Mutant(
        "a reward that is held is granted again with every workout",
        "gamification.rewards.domain:decided",
        "if known.holds == claim.holds:",
        "if False:",
        ("tests/gamification/integration/test_rewards.py",),
    ),
    Mutant(
        "the score of an older version stays beside that of a newer one",
        "gamification.xp.store:keep_score",
        "change.delete(old)",
        "pass",
        ("tests/gamification/integration/test_xp_history.py",),
    ),
    Mutant(
        "who counted a leaf earlier comes after who counted it later",
        "gamification.boards.trie:leaf_slot",
        "before.version if before is not None else 0) + 1",
        "before.version if before is not None else 0) + (before is None or before.count != count)",
        ("tests/gamification/boards/integration/test_board_trie.py",),
    ),
    Mutant(
        "the total of a child is never told to its parent",
        "gamification.boards.counts:_is_newer",
        "< child.version",
        "> child.version",
        ("tests/gamification/boards/integration/test_board_trie.py",),
    ),
    Mutant(
        "what a try that died had put stays on the board",
        "gamification.boards.placement:_step",
        "| maybe) - ",
        ") - ",
        ("tests/gamification/boards/integration/test_board_trie.py",),
    ),
    Mutant(
        "what was typed by hand is on boards",
        "gamification.boards.scores:counts",
        "not facts.is_manual and",
        "",
        ("tests/gamification/boards/integration/test_board_scores.py",),
    ),
    Mutant(
        "a correction moves a workout to the place where the athlete lives now",
        "gamification.boards.service:_apply",
        "before or _place_on(",
        "_place_on(",
        ("tests/gamification/boards/integration/test_board_scores.py",),
    ),
    Mutant(
        "an award that is held is given again by another version of its rule",
        "gamification.achievements.domain:decided",
        "if known.holds == (version is not None):",
        "if known.holds and version is None:",
        ("tests/gamification/achievements/integration/test_awards.py",),
    ),
    Mutant(
        "an older version of a workout is counted after a newer one",
        "gamification.achievements.store:Shelf.is_stale",
        "self.entry.value.revision >= revision",
        "self.entry.value.revision == revision",
        ("tests/gamification/achievements/integration/test_awards.py",),
    ),
    Mutant(
        "a diary that is half settled says that it is counted",
        "gamification.achievements.service:_post",
        "book.fingerprint if is_settled else NOT_COUNTED",
        "book.fingerprint",
        ("tests/gamification/achievements/integration/test_awards.py",),
    ),
    Mutant(
        "what a rule that is not known yet gave is taken back",
        "gamification.achievements.domain:differing",
        "left = {unit for unit, award in awards.items() if not is_known(book, award)}",
        "left = set()",
        ("tests/gamification/achievements/integration/test_awards.py",),
    ),
)
