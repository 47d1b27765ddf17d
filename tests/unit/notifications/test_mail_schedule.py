"""When a mail is tried again and a call is due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rundum_core.clock import BERLIN
from rundum_notifications.schedule import PAUSES, call_due, pause_after


def test_pauses_grow_from_half_a_minute_to_an_hour():
    minutes = [pause_after(attempt).total_seconds() / 60 for attempt in range(1, 9)]
    assert minutes == [0.5, 2, 5, 15, 30, 60, 60, 60]


def test_a_mail_is_given_up_after_about_a_day():
    assert timedelta(hours=23) < sum(PAUSES, timedelta()) <= timedelta(hours=24)
    assert pause_after(len(PAUSES)) is not None
    assert pause_after(len(PAUSES) + 1) is None


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ((2027, 6, 14, 10, 0), (2027, 6, 14, 11, 0)),
        ((2027, 6, 14, 19, 59), (2027, 6, 14, 20, 59)),
        ((2027, 6, 14, 20, 0), (2027, 6, 15, 8, 0)),
        ((2027, 6, 14, 23, 30), (2027, 6, 15, 8, 0)),
        ((2027, 6, 14, 5, 59), (2027, 6, 14, 8, 0)),
        ((2027, 6, 14, 6, 0), (2027, 6, 14, 7, 0)),
        ((2027, 3, 27, 22, 0), (2027, 3, 28, 8, 0)),
    ],
)
def test_a_call_is_due_within_the_hour_but_never_at_night(now, due):
    assert call_due(datetime(*now, tzinfo=BERLIN)) == datetime(*due, tzinfo=BERLIN)
