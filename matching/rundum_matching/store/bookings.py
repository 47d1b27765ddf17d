"""Bookings and the approvals they wait for."""

from __future__ import annotations

from datetime import date, datetime

from rundum_core.db import Transaction
from rundum_core.queries import many, one, run
from rundum_matching.models import (
    Approval,
    Behalf,
    Booking,
    BookingDetails,
    BookingLine,
    Completed,
    DueAnswer,
    FoundSoFar,
    Group,
    OverdueApproval,
    Reminder,
    RequestSummary,
    VisitSummary,
)

insert_booking = one("matching/booking", "insert_booking", int)
keep_slot = one("matching/booking", "keep_slot", int)
free_slot = run("matching/booking", "free_slot")
insert_approval = one("matching/booking", "insert_approval", int)
bookings_of_visit = many("matching/booking", "bookings_of_visit", Booking)
booking_by_id = one("matching/booking", "booking_by_id", Booking)
booking_by_public_id = one("matching/booking", "booking_by_public_id", int)
open_required_seats = one("matching/booking", "open_required_seats", int)
change_booking = one("matching/booking", "change_booking", int)
give_group_approvals = run("matching/booking", "give_group_approvals")
group_deadline = one("matching/booking", "group_deadline", datetime)
approval_by_id = one("matching/booking", "approval_by_id", Approval)
decide_approval = one("matching/booking", "decide_approval", int)
overdue_approvals = many("matching/booking", "overdue_approvals", OverdueApproval)
guardians_of = many("matching/booking", "guardians_of", int)
contacts_of_client = many("matching/booking", "contacts_of_client", int)
birth_date_of = one("matching/booking", "birth_date_of", date)
was_chosen = one("matching/booking", "was_chosen", bool)
complete_bookings = many("matching/booking", "complete_bookings", Completed)
bookings_to_remind = many("matching/booking", "bookings_to_remind", Reminder)
details_of_bookings = many("matching/booking", "details_of_bookings", BookingDetails)
bookings_of_person = many("matching/booking", "bookings_of_person", BookingLine)
behalf_of_booking = one("matching/booking", "behalf_of_booking", Behalf)
drop_seats = run("matching/booking", "drop_seats")
live_bookings_of_request = many("matching/booking", "live_bookings_of_request", int)
coming_bookings_of_person = many("matching/booking", "coming_bookings_of_person", Booking)
coming_bookings_of_requests = many("matching/booking", "coming_bookings_of_requests", Booking)
lock_open_requests = many("matching/booking", "lock_open_requests", int)
lock_requests_of = many("matching/booking", "lock_requests_of", int)
coming_visits_of_request = many("matching/booking", "coming_visits_of_request", int)
due_answers = many("matching/booking", "due_answers", DueAnswer)
mark_answered = one("matching/booking", "mark_answered", int)
cancel_request = one("matching/booking", "cancel_request", int)
group_of_visit = one("matching/booking", "group_of_visit", Group)
next_calendar_state = one("matching/booking", "next_calendar_state", int)
answer_if_complete = one("matching/booking", "answer_if_complete", int)
promise_anew = one("matching/booking", "promise_anew", int)
found_so_far = one("matching/booking", "found_so_far", FoundSoFar)
request_of_visit = one("matching/booking", "request_of_visit", int)
visit_by_public_id = one("matching/booking", "visit_by_public_id", int)
request_by_public_id = one("matching/booking", "request_by_public_id", int)
request_summary = one("matching/booking", "request_summary", RequestSummary)
visit_summary = one("matching/booking", "visit_summary", VisitSummary)
firm_bookings_of_visit = many("matching/booking", "firm_bookings_of_visit", int)
approval_of_booking = one("matching/booking", "approval_of_booking", int)


async def booking_details(tx: Transaction, *, id: int) -> BookingDetails | None:
    """What one booking's page and letters may need."""
    return next(iter(await details_of_bookings(tx, ids=[id])), None)
