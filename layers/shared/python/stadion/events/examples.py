"""Ids that stand in more than one event's examples, so that those tell one story."""

USER = "8f14e45f-ceea-467f-a0e6-7b1c2d3e4f50"
WORKOUT = "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"
GEAR = "0193a1c0-9d2f-7e11-8a54-6b0c7d5e3a22"
UPLOAD = "0193a1c0-7a00-7d52-8c11-3e4f5a6b7c8d"
