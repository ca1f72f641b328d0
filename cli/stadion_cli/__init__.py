"""The `stadion` command."""
