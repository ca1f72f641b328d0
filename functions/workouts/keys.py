"""The partition in which everything of an athlete lies, whichever store keeps it."""


def user(user_id: str) -> str:
    return f"USER#{user_id}"
