"""The commands of boards, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import PEOPLE, LazyCommand

COMMANDS: Final = (LazyCommand("board", "board.commands:app", "Do leaderboards count right? Repair one.", PEOPLE),)
