-- name: insert_booking
-- A person on a seat at exactly the seat's times (I2, I3).
INSERT INTO booking (centre, seat, during, person, slot, offer, origin, state, rate, way_minutes,
    ical_uid, created_at)
VALUES (:centre, :seat, tstzrange(:starts_at, :ends_at), :person, :slot, :offer, :origin,
    'provisional', :rate, :way_minutes, :ical_uid, :now)
RETURNING id;

-- name: keep_slot
-- The time that an offer held becomes a booking's.
UPDATE slot SET kind = 'booking', expires_at = NULL WHERE id = :slot AND live RETURNING id;

-- name: free_slot
-- Time is free again.
UPDATE slot SET live = false WHERE id = :slot AND live;

-- name: insert_approval
-- Something a booking waits for.
INSERT INTO approval (centre, booking, by, deadline) VALUES (:centre, :booking, :by, :deadline)
RETURNING id;

-- name: bookings_of_visit
-- Everybody on a visit, with what is still open.
SELECT b.id, b.public_id, b.centre, b.seat, b.person, b.slot, b.offer, b.origin, b.state, b.rate,
       b.way_minutes, b.ical_uid, b.ical_sequence, b.late, b.reason, b.cancelled_by,
       lower(b.during) AS starts_at, upper(b.during) AS ends_at, s.visit, s.required,
       ARRAY(SELECT a.by FROM approval a WHERE a.booking = b.id AND a.given_at IS NULL
             ORDER BY a.by) AS waits_for
FROM booking b JOIN seat s ON s.id = b.seat
WHERE s.visit = :visit AND b.live
ORDER BY b.id;

-- name: booking_by_id
-- One booking.
SELECT b.id, b.public_id, b.centre, b.seat, b.person, b.slot, b.offer, b.origin, b.state, b.rate,
       b.way_minutes, b.ical_uid, b.ical_sequence, b.late, b.reason, b.cancelled_by,
       lower(b.during) AS starts_at, upper(b.during) AS ends_at, s.visit, s.required,
       ARRAY(SELECT a.by FROM approval a WHERE a.booking = b.id AND a.given_at IS NULL
             ORDER BY a.by) AS waits_for
FROM booking b JOIN seat s ON s.id = b.seat
WHERE b.id = :id;

-- name: booking_by_public_id
-- The id of a booking, by what stands in addresses.
SELECT id FROM booking WHERE public_id = :public_id;

-- name: open_required_seats
-- How many required seats of a visit nobody has.
SELECT count(*) FROM seat s
WHERE s.visit = :visit AND s.required AND s.state = 'open'
  AND NOT EXISTS (SELECT FROM booking b WHERE b.seat = s.id AND b.live);

-- name: change_booking
-- Compare and swap (I6); an end keeps by whom and why.
UPDATE booking SET state = :becomes,
    confirmed_at = CASE WHEN :becomes = 'confirmed' THEN :now ELSE confirmed_at END,
    ended_at = CASE WHEN :becomes IN ('cancelled', 'released', 'completed', 'no_show')
               THEN :now ELSE ended_at END,
    ical_sequence = ical_sequence + CASE WHEN state = 'confirmed' AND :becomes = 'cancelled'
                                    THEN 1 ELSE 0 END,
    cancelled_by = :cancelled_by, reason = :reason, late = :late
WHERE id = :id AND state = :was
RETURNING id;

-- name: give_group_approvals
-- The visit's required people are complete.
UPDATE approval SET given_at = :now
WHERE by = 'group' AND given_at IS NULL AND refused_at IS NULL AND booking = ANY(:bookings::bigint[]);

-- name: group_deadline
-- How long those wait for the others who are on a visit already.
SELECT min(a.deadline)
FROM approval a
JOIN booking b ON b.id = a.booking AND b.live
JOIN seat s ON s.id = b.seat
WHERE s.visit = :visit AND a.by = 'group' AND a.given_at IS NULL;

-- name: approval_by_id
-- One approval.
SELECT a.id, a.centre, a.booking, a.by, a.deadline, a.given_at, a.refused_at, r.id AS request,
       s.visit, b.person
FROM approval a
JOIN booking b ON b.id = a.booking
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN care_request r ON r.id = v.request
WHERE a.id = :id;

-- name: decide_approval
-- One answer, once.
UPDATE approval SET
    given_at = CASE WHEN :given::boolean THEN :now::timestamptz END,
    refused_at = CASE WHEN :given THEN NULL ELSE :now END,
    decided_by = :person
WHERE id = :id AND given_at IS NULL AND refused_at IS NULL
RETURNING id;

-- name: overdue_approvals
-- Approvals whose time is over, of bookings that still wait.
SELECT a.id, a.centre, a.booking, a.by, a.deadline, lower(b.during) AS starts_at
FROM approval a JOIN booking b ON b.id = a.booking
WHERE a.given_at IS NULL AND a.refused_at IS NULL AND a.deadline <= :now
  AND b.state = 'provisional'
ORDER BY a.id LIMIT 500;

-- name: guardians_of
-- Who answers for a minor.
SELECT other FROM relation WHERE person = :person AND kind = 'guardian' ORDER BY other;

-- name: contacts_of_client
-- Who acts for a client.
SELECT person FROM client_contact WHERE client = :client ORDER BY person;

-- name: birth_date_of
-- A person's day of birth.
SELECT birth_date FROM person WHERE id = :person;

-- name: was_chosen
-- The family named this person itself, or had her before.
SELECT EXISTS (SELECT FROM request_provider rp WHERE rp.request = :request
               AND rp.person = :person AND rp.kind = 'preferred')
    OR EXISTS (SELECT FROM pair_rule pr WHERE pr.client = :client AND pr.person = :person
               AND pr.kind = 'preferred' AND pr.set_by = 'client');

-- name: complete_bookings
-- Visits that are over.
UPDATE booking SET state = 'completed', ended_at = :now
WHERE state = 'confirmed' AND upper(during) <= :now
RETURNING id, centre;

-- name: bookings_to_remind
-- Coming firm bookings of a centre's day that were firm before a time, not reminded of yet.
SELECT b.id, b.person, v.id AS visit, r.asked_by
FROM booking b
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN care_request r ON r.id = v.request
WHERE b.state = 'confirmed' AND v.date = :date AND v.centre = :centre
  AND b.confirmed_at < :firm_before AND lower(b.during) > :now
  AND NOT EXISTS (SELECT FROM event e WHERE e.key = 'reminder:' || b.id || ':' || v.date)
ORDER BY b.id LIMIT 500;

-- name: details_of_bookings
-- What bookings' pages and letters may need; who sees which part is decided in disclosure.
SELECT b.id, b.public_id, b.centre, b.state, b.person, b.rate, b.way_minutes, b.ical_uid,
       b.ical_sequence, b.cancelled_by, b.reason, b.late, lower(b.during) AS starts_at,
       upper(b.during) AS ends_at, r.id AS request, r.public_id AS request_public_id,
       CASE WHEN r.payer = 'self' AND c.kind <> 'household' THEN c.kind ELSE r.payer END AS payer,
       r.service, r.note, r.tasks, r.asked_by, c.name AS client_name, c.kind AS client_kind,
       sp.name AS start_place, sp.postal_code AS start_postal_code, v.start_street,
       ep.name AS end_place, v.end_street, s.role, v.id AS visit,
       pe.given_name, pe.family_name,
       ARRAY(SELECT rc.band FROM request_child rc WHERE rc.request = r.id ORDER BY rc.band) AS bands,
       coalesce((SELECT sum(rc.count) FROM request_child rc WHERE rc.request = r.id), 0)::integer AS children,
       (SELECT cp.value FROM contact_point cp WHERE cp.person = r.asked_by AND cp.channel = 'phone'
        ORDER BY cp.id LIMIT 1) AS client_phone,
       (SELECT cp.value FROM contact_point cp WHERE cp.person = b.person AND cp.channel = 'phone'
        ORDER BY cp.id LIMIT 1) AS provider_phone,
       (SELECT max(cr.seen_on) FROM credential cr WHERE cr.person = b.person
        AND cr.kind = 'certificate') AS certificate_seen_on,
       (SELECT max(cr.valid_until) FROM credential cr WHERE cr.person = b.person
        AND cr.kind = 'first_aid' AND cr.valid_until >= v.date) AS first_aid_until
FROM booking b
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN care_request r ON r.id = v.request
JOIN client c ON c.id = r.client
JOIN place sp ON sp.id = v.start_place
JOIN place ep ON ep.id = v.end_place
JOIN person pe ON pe.id = b.person
WHERE b.id = ANY(:ids::bigint[])
ORDER BY b.id;

-- name: behalf_of_booking
-- Whose booking it is, and of which request.
SELECT b.person, p.given_name || ' ' || p.family_name AS name, r.public_id AS request
FROM booking b
JOIN person p ON p.id = b.person
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN care_request r ON r.id = v.request
WHERE b.id = :id;

-- name: bookings_of_person
-- A provider's bookings from a time on (for her pages and her calendar feed).
SELECT b.id, b.public_id, b.state, lower(b.during) AS starts_at, upper(b.during) AS ends_at,
       p.name AS place, r.service, b.ical_uid, b.ical_sequence
FROM booking b
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN care_request r ON r.id = v.request
JOIN place p ON p.id = v.start_place
WHERE b.person = :person AND b.state IN ('provisional', 'confirmed', 'completed', 'no_show')
  AND upper(b.during) > :since
ORDER BY lower(b.during), b.id LIMIT 500;

-- name: drop_seats
-- Seats of a visit that nobody needs any more.
UPDATE seat SET state = 'dropped' WHERE visit = ANY(:visits::bigint[]) AND state = 'open';

-- name: live_bookings_of_request
-- Bookings of a request that still stand.
SELECT b.id FROM booking b JOIN seat s ON s.id = b.seat JOIN visit v ON v.id = s.visit
WHERE v.request = :request AND b.state IN ('provisional', 'confirmed') ORDER BY b.id;

-- name: coming_bookings_of_person
-- What somebody has agreed to and has not begun, locked by rising id.
SELECT b.id, b.public_id, b.centre, b.seat, b.person, b.slot, b.offer, b.origin, b.state, b.rate,
       b.way_minutes, b.ical_uid, b.ical_sequence, b.late, b.reason, b.cancelled_by,
       lower(b.during) AS starts_at, upper(b.during) AS ends_at, s.visit, s.required,
       ARRAY(SELECT a.by FROM approval a WHERE a.booking = b.id AND a.given_at IS NULL
             ORDER BY a.by) AS waits_for
FROM booking b JOIN seat s ON s.id = b.seat
WHERE b.person = :person AND b.state IN ('provisional', 'confirmed') AND lower(b.during) > :now
ORDER BY b.id
FOR NO KEY UPDATE OF b;

-- name: coming_bookings_of_requests
-- Who is to come for some requests and has not begun.
SELECT b.id, b.public_id, b.centre, b.seat, b.person, b.slot, b.offer, b.origin, b.state, b.rate,
       b.way_minutes, b.ical_uid, b.ical_sequence, b.late, b.reason, b.cancelled_by,
       lower(b.during) AS starts_at, upper(b.during) AS ends_at, s.visit, s.required,
       ARRAY(SELECT a.by FROM approval a WHERE a.booking = b.id AND a.given_at IS NULL
             ORDER BY a.by) AS waits_for
FROM visit v JOIN seat s ON s.visit = v.id JOIN booking b ON b.seat = s.id
WHERE v.request = ANY(:requests::bigint[]) AND b.state IN ('provisional', 'confirmed')
  AND lower(b.during) > :now
ORDER BY b.id;

-- name: lock_open_requests
-- The open requests of a client, locked by rising id.
SELECT id FROM care_request WHERE client = :client AND state = 'open' ORDER BY id
FOR NO KEY UPDATE;

-- name: lock_requests_of
-- Of some bookings those whose request could be locked without waiting.
WITH free AS (
    SELECT r.id FROM care_request r
    WHERE r.id IN (SELECT v.request FROM booking b JOIN seat s ON s.id = b.seat
                   JOIN visit v ON v.id = s.visit WHERE b.id = ANY(:bookings::bigint[]))
    ORDER BY r.id
    FOR NO KEY UPDATE SKIP LOCKED)
SELECT b.id FROM booking b JOIN seat s ON s.id = b.seat JOIN visit v ON v.id = s.visit
WHERE b.id = ANY(:bookings::bigint[]) AND v.request IN (SELECT id FROM free)
ORDER BY b.id;

-- name: coming_visits_of_request
-- Visits of a request that are not over.
SELECT id FROM visit WHERE request = :request AND upper(during) > :now ORDER BY id;

-- name: due_answers
-- Requests whose promised answer is due, unless all that is missing is the family's own yes;
-- `hopeful` when somebody is asked, has said yes, or is firm.
SELECT r.id, r.centre, r.asked_by,
       EXISTS (SELECT FROM offer o WHERE o.request = r.id AND o.state IN ('pending', 'proposed'))
       OR EXISTS (SELECT FROM visit v JOIN seat s ON s.visit = v.id
                  JOIN booking b ON b.seat = s.id AND b.state IN ('provisional', 'confirmed')
                  WHERE v.request = r.id AND lower(v.during) > :now) AS hopeful
FROM care_request r
WHERE r.state = 'open' AND r.answered_at IS NULL AND r.answer_by <= :now
  AND EXISTS (
      SELECT FROM visit v JOIN seat s ON s.visit = v.id
      LEFT JOIN booking b ON b.seat = s.id AND b.live
      WHERE v.request = r.id AND lower(v.during) > :now AND s.required AND s.state = 'open'
        AND b.state IS DISTINCT FROM 'confirmed'
        AND NOT EXISTS (SELECT FROM approval a WHERE a.booking = b.id AND a.by = 'client'
                        AND a.given_at IS NULL AND a.refused_at IS NULL))
ORDER BY r.id LIMIT 500;

-- name: mark_answered
-- The person has heard from us.
UPDATE care_request SET answered_at = :now WHERE id = :id AND answered_at IS NULL RETURNING id;

-- name: answer_if_complete
-- Everybody who is needed is firm: nothing is left to be answered.
UPDATE care_request SET answered_at = :now
WHERE id = :id AND answered_at IS NULL AND NOT EXISTS (
    SELECT FROM visit v JOIN seat s ON s.visit = v.id
    WHERE v.request = :id AND lower(v.during) > :now AND s.required AND s.state = 'open'
      AND NOT EXISTS (SELECT FROM booking b WHERE b.seat = s.id AND b.state = 'confirmed'))
RETURNING id;

-- name: promise_anew
-- The search goes on: the family hears again, by a new time unless the old one still stands.
UPDATE care_request SET answered_at = NULL,
    answer_by = CASE WHEN answered_at IS NULL AND answer_by > :now THEN answer_by ELSE :answer_by END,
    priority = CASE WHEN :urgent THEN 'urgent' ELSE priority END
WHERE id = :request AND state = 'open'
RETURNING id;

-- name: found_so_far
-- How many of the people that a request still needs are firm, and how many have said yes.
SELECT count(*) AS people, count(*) FILTER (WHERE b.state = 'confirmed') AS firm,
       count(*) FILTER (WHERE b.state = 'provisional') AS provisional
FROM visit v JOIN seat s ON s.visit = v.id
LEFT JOIN booking b ON b.seat = s.id AND b.live
WHERE v.request = :request AND lower(v.during) > :now AND s.required AND s.state = 'open';

-- name: cancel_request
-- Compare and swap on the request's state.
UPDATE care_request SET state = 'cancelled', version = version + 1
WHERE id = :id AND state IN ('unconfirmed', 'open')
RETURNING id;

-- name: group_of_visit
-- How many people a visit must have, and who asked for it.
SELECT count(*) FILTER (WHERE s.required) AS required, count(s.id) AS seats, r.asked_by, r.centre,
       r.id AS request, r.client, lower(v.during) AS starts_at
FROM visit v
JOIN care_request r ON r.id = v.request
LEFT JOIN seat s ON s.visit = v.id AND s.state = 'open'
WHERE v.id = :visit
GROUP BY v.id, r.id;

-- name: next_calendar_state
-- The family's calendar entry of a visit changes: its sequence rises.
UPDATE visit SET ical_sequence = ical_sequence + 1 WHERE id = :visit RETURNING ical_sequence;

-- name: request_of_visit
-- To which request a visit belongs.
SELECT request FROM visit WHERE id = :visit;

-- name: visit_by_public_id
-- The id of a visit, by what stands in addresses.
SELECT id FROM visit WHERE public_id = :public_id;

-- name: request_by_public_id
-- The id of a request, by what stands in addresses.
SELECT id FROM care_request WHERE public_id = :public_id;

-- name: request_summary
-- What a letter about a request says: its first coming visit and how many there are.
SELECT r.id, r.public_id, r.centre, r.state, r.service, r.client, r.asked_by, r.answer_by,
       r.created_at, min(lower(v.during)) AS starts_at, min(upper(v.during)) AS ends_at, count(*) AS visits,
       min(p.name) AS place
FROM care_request r
JOIN visit v ON v.request = r.id
JOIN place p ON p.id = v.start_place
WHERE r.id = :request
GROUP BY r.id;

-- name: visit_summary
-- What a letter about one visit says.
SELECT v.id, v.public_id, v.centre, r.id AS request, r.service, r.asked_by, lower(v.during) AS starts_at,
       upper(v.during) AS ends_at, p.name AS place, p.postal_code, v.start_street, v.ical_sequence,
       (SELECT count(*) FROM seat s WHERE s.visit = v.id AND s.state = 'open' AND s.required) AS people
FROM visit v
JOIN care_request r ON r.id = v.request
JOIN place p ON p.id = v.start_place
WHERE v.id = :visit;

-- name: firm_bookings_of_visit
-- The people who come for certain.
SELECT b.id FROM booking b JOIN seat s ON s.id = b.seat
WHERE s.visit = :visit AND b.state = 'confirmed' ORDER BY s.position;


-- name: approval_of_booking
-- The word that one party has on a booking.
SELECT a.id FROM approval a JOIN booking b ON b.id = a.booking
WHERE b.public_id = :booking AND a.by = :by;
