-- name: i1_nobody_in_two_places
-- Two live slots of one person overlap.
SELECT a.id FROM slot a JOIN slot b ON b.person = a.person AND b.id > a.id AND b.during && a.during
WHERE a.live AND b.live;

-- name: i1_the_way_between
-- Between two neighbouring live slots lies less time than the way takes.
SELECT id FROM (
    SELECT s.id, upper(s.during) AS ends_at, s.end_place, p.transport,
           lead(lower(s.during)) OVER day AS next_at, lead(s.start_place) OVER day AS next_place
    FROM slot s JOIN provider p ON p.person = s.person
    WHERE s.live
    WINDOW day AS (PARTITION BY s.person ORDER BY lower(s.during))
) neighbours
WHERE next_at IS NOT NULL AND end_place IS NOT NULL AND next_place IS NOT NULL
  AND next_at - ends_at < make_interval(mins => way_minutes(end_place, next_place, transport));

-- name: i2_one_booking_a_seat
-- A seat has two live bookings.
SELECT seat FROM booking WHERE live GROUP BY seat HAVING count(*) > 1;

-- name: i2_one_offer_a_lane
-- Two live offers share a lane, or a seat that is booked is still offered.
SELECT seat FROM offer_seat WHERE live GROUP BY seat, lane HAVING count(*) > 1
UNION
SELECT os.seat FROM offer_seat os JOIN booking b ON b.seat = os.seat AND b.live WHERE os.live;

-- name: i3_booking_has_its_seats_times
-- A live booking, its seat and its slot don't have the same times and person.
SELECT b.id FROM booking b JOIN seat s ON s.id = b.seat JOIN slot t ON t.id = b.slot
WHERE b.live AND (b.during <> s.during OR t.during <> b.during OR t.person <> b.person);

-- name: i4_one_message_an_event
-- Somebody is told the same thing of one event twice.
SELECT event FROM message GROUP BY event, person, template HAVING count(*) > 1;

-- name: i4_every_owed_message
-- An event that owes a message has none, or a message has no delivery.
SELECT e.id FROM event e
WHERE e.kind IN ('offer.sent', 'booking.confirmed', 'visit.staffed', 'booking.reminded', 'approval.asked')
  AND NOT EXISTS (SELECT FROM message m WHERE m.event = e.id)
UNION ALL
SELECT m.id FROM message m WHERE NOT EXISTS (SELECT FROM delivery d WHERE d.message = m.id);

-- name: i5_no_lost_request
-- A key was kept without its answer, or a request without a visit or a seat.
SELECT 0 FROM idempotency WHERE answer = '{}'
UNION ALL
SELECT r.id FROM care_request r
WHERE NOT EXISTS (SELECT FROM visit v JOIN seat s ON s.visit = v.id WHERE v.request = r.id);

-- name: i6_states_fit_together
-- An ended offer or booking holds time or lanes, a living one has none, a firm one waits.
SELECT o.id FROM offer o JOIN offer_seat os ON os.offer = o.id
WHERE os.live AND o.state NOT IN ('proposed', 'pending')
UNION ALL
SELECT o.id FROM offer o WHERE o.state IN ('proposed', 'pending')
  AND NOT EXISTS (SELECT FROM offer_seat os WHERE os.offer = o.id AND os.live)
UNION ALL
SELECT b.id FROM booking b JOIN slot t ON t.id = b.slot
WHERE t.live <> b.live OR (b.live AND t.kind <> 'booking')
UNION ALL
SELECT b.id FROM booking b JOIN approval a ON a.booking = b.id
WHERE b.state = 'confirmed' AND a.given_at IS NULL
UNION ALL
SELECT t.id FROM slot t WHERE t.live AND t.kind = 'offer'
  AND NOT EXISTS (SELECT FROM offer_seat os WHERE os.slot = t.id AND os.live)
UNION ALL
SELECT o.id FROM offer o WHERE o.state = 'accepted'
  AND NOT EXISTS (SELECT FROM booking b WHERE b.offer = o.id)
UNION ALL
SELECT s.id FROM offer_seat os JOIN seat s ON s.id = os.seat WHERE os.live AND s.state = 'dropped';

-- name: i6_only_legal_changes
-- A state that its table's rules can't lead to.
SELECT r.id FROM care_request r WHERE r.state = 'unconfirmed'
  AND EXISTS (SELECT FROM offer o WHERE o.request = r.id)
UNION ALL
SELECT b.id FROM booking b WHERE b.state = 'completed' AND b.confirmed_at IS NULL;

-- name: i7_nothing_crosses_centres
-- A thing lies in another centre than what it belongs to.
SELECT v.id FROM visit v JOIN care_request r ON r.id = v.request WHERE v.centre <> r.centre
UNION ALL
SELECT s.id FROM seat s JOIN visit v ON v.id = s.visit WHERE s.centre <> v.centre
UNION ALL
SELECT o.id FROM offer o JOIN care_request r ON r.id = o.request WHERE o.centre <> r.centre
UNION ALL
SELECT b.id FROM booking b JOIN seat s ON s.id = b.seat WHERE b.centre <> s.centre
UNION ALL
SELECT m.id FROM message m JOIN event e ON e.id = m.event WHERE m.centre <> e.centre
UNION ALL
SELECT r.id FROM care_request r JOIN client c ON c.id = r.client WHERE r.centre <> c.centre;

-- name: i8_links_act_once
-- A link was used after its end, or one secret opens two links.
SELECT id FROM link WHERE used_at > expires_at OR used_at > revoked_at OR (standing AND used_at IS NOT NULL)
UNION ALL
SELECT min(id) FROM link GROUP BY hash HAVING count(*) > 1;

-- name: i9_a_slot_runs_once
-- A scheduled slot was claimed twice.
SELECT count(*) FROM job_slot GROUP BY job, slot HAVING count(*) > 1;

-- name: i10_a_lost_lease_writes_nothing
-- Two runs are running, or a delivery that ended still has a lease.
SELECT min(id) FROM run WHERE state = 'running' HAVING count(*) > 1
UNION ALL
SELECT id FROM delivery
WHERE lease_token IS NOT NULL AND state IN ('accepted', 'failed', 'obsolete', 'done', 'given_up');

-- name: i12_credentials_hold_to_the_end
-- A coming visit with children is firm with somebody whose certificate of conduct lapses before its end.
SELECT b.id
FROM booking b
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN care_request r ON r.id = v.request
JOIN person p ON p.id = b.person
WHERE b.state IN ('provisional', 'confirmed') AND r.service IN ('childcare', 'event')
  AND (p.birth_date IS NULL OR p.birth_date + interval '14 years' <= v.date)
  AND NOT EXISTS (
      SELECT FROM credential c WHERE c.person = b.person AND c.kind = 'certificate'
        AND (c.valid_until IS NULL
             OR c.valid_until >= (upper(b.during) AT TIME ZONE 'Europe/Berlin')::date));

-- name: i15_time_is_unambiguous
-- A visit whose date is not the local day it begins on, or a range that is not half-open and bounded.
SELECT id FROM visit
WHERE date <> (lower(during) AT TIME ZONE 'Europe/Berlin')::date
   OR NOT lower_inc(during) OR upper_inc(during) OR upper_inf(during) OR lower_inf(during)
UNION ALL
SELECT id FROM slot WHERE NOT lower_inc(during) OR upper_inc(during);

-- name: i16_all_or_nobody
-- People who only go together: one is firm, while another of the core has not yet been so.
SELECT s.visit
FROM seat s JOIN booking b ON b.seat = s.id
WHERE s.required AND s.state = 'open'
GROUP BY s.visit
HAVING bool_or(b.state = 'confirmed') AND bool_or(b.state = 'provisional')
   AND NOT bool_or(b.state IN ('cancelled', 'released', 'no_show'));
