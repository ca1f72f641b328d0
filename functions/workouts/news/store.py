"""Of which uploads of an hour the inbox has spoken, in the workouts table."""

from datetime import timedelta

from stadion.records import Records
from workouts.news.domain import Told

TOLD = Records(Told, kind="told_uploads", pk="USER#{user_id}", sk="TOLD_UPLOADS#{hour}", kept_for=timedelta(days=15))
"""Uploads of an hour that the inbox spoke of: with each message, on the revision. Longer than the bus tries."""
