"""A desk's week as it is written on the command line."""

from __future__ import annotations

from datetime import time

import pytest

from rundum_app.centre_setup import opening_hours
from rundum_identity.hours import Span


def test_a_week_is_read_with_ranges_and_two_spans_a_day() -> None:
    week = opening_hours("mon-thu 8-16, fri 8-12:30, mon 17-18")
    assert week.monday == (Span(time(8), time(16)), Span(time(17), time(18)))
    assert week.thursday == (Span(time(8), time(16)),)
    assert week.friday == (Span(time(8), time(12, 30)),)
    assert week.saturday == ()


@pytest.mark.parametrize("text", ["foo 8-16", "mon 8", "mon 16-8", "mon 25-26", "mon-foo 8-16"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        opening_hours(text)
