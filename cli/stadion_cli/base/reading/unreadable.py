class UnreadableError(Exception):
    """What is wrong with a text, and in which of its lines, if in one."""

    def __init__(self, said: str, line: int | None = None, *, hint: str = "") -> None:
        self.line = line
        self.hint = hint
        super().__init__(said)


class KeyTwiceError(UnreadableError):
    def __init__(self, key: object, line: int) -> None:
        super().__init__(f"{key} stands there for the second time.", line, hint="keep one of the two")
