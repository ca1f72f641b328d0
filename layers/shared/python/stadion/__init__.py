"""Stadion: what every service shares."""
