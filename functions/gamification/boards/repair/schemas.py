"""Answers about the state of a board."""

from typing import Self

from pydantic import BaseModel, Field

from gamification.boards.repair.domain import Checked, Fault


class BoardFault(BaseModel):
    fault: Fault
    prefix: str = Field(description="of the keys that it is about", examples=["Yk"])
    kept: int = Field(description="what the board had", examples=[17])
    found: int = Field(description="what there is", examples=[18])


class BoardCheck(BaseModel):
    """A part of a board, compared with its entries."""

    board: str = Field(examples=["global.all.xp.2026-W49"])
    entries: int = Field(examples=[1500])
    nodes: int = Field(examples=[24])
    wrong: list[BoardFault]
    next_cursor: str | None = Field(default=None)

    @classmethod
    def of(cls, board: str, checked: Checked) -> Self:
        return cls(
            board=board,
            entries=checked.entries,
            nodes=checked.nodes,
            wrong=[BoardFault(**vars(one)) for one in checked.wrong],
            next_cursor=checked.following,
        )
