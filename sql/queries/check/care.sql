-- name: i1_nobody_in_two_places
-- Somebody's live slot begins before an earlier one of hers is over.
SELECT id FROM (
    SELECT id, lower(during) AS begins_at,
           max(upper(during)) OVER (PARTITION BY person ORDER BY lower(during), id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_until
    FROM slot WHERE live
) one WHERE begins_at < taken_until;

-- name: i1_the_way_between
-- From a coming live slot to the next one the way takes longer than there is time, though nobody has
-- changed her profile since she was booked or asked.
SELECT n.id
FROM (
    SELECT id, person, upper(during) AS ends_at, end_place,
           lead(id) OVER day AS next, lead(lower(during)) OVER day AS next_at,
           lead(start_place) OVER day AS next_place
    FROM slot WHERE live AND upper(during) > :now
    WINDOW day AS (PARTITION BY person ORDER BY lower(during), id)
) n
JOIN provider p ON p.person = n.person
WHERE n.end_place <> n.next_place
  AND n.next_at < n.ends_at + make_interval(mins => way_minutes(n.end_place, n.next_place, p.transport))
  AND NOT EXISTS (
      SELECT FROM event e
      WHERE e.kind = 'provider.changed' AND e.subject = n.person AND e.at > (
          SELECT max(at) FROM (
              SELECT b.created_at FROM booking b WHERE b.slot IN (n.id, n.next)
              UNION ALL
              SELECT o.created_at FROM offer_seat os JOIN offer o ON o.id = os.offer
              WHERE os.slot IN (n.id, n.next)) since (at)));

-- name: i2_one_booking_a_seat
-- A seat has two live bookings.
SELECT seat FROM booking WHERE live GROUP BY seat HAVING count(*) > 1;

-- name: i2_one_offer_a_lane
-- Two live offers share a lane, one has no lane of the seat's, or the seat is booked.
SELECT seat FROM offer_seat WHERE live GROUP BY seat, lane HAVING count(*) > 1
UNION ALL
SELECT os.seat FROM offer_seat os JOIN seat s ON s.id = os.seat WHERE os.live AND os.lane > s.lanes
UNION ALL
SELECT os.seat FROM offer_seat os JOIN booking b ON b.seat = os.seat WHERE os.live AND b.live;

-- name: i2_nobody_is_asked_for_taken_time
-- Somebody is still asked for a time that is booked. (What only an offer holds is hers to choose.)
SELECT o.id
FROM offer o
JOIN offer_seat os ON os.offer = o.id AND os.live
JOIN seat s ON s.id = os.seat
JOIN slot t ON t.person = o.person AND t.live AND t.kind <> 'offer'
    AND lower(t.during) < upper(s.during) AND upper(t.during) > lower(s.during)
WHERE o.state IN ('proposed', 'pending');

-- name: i3_booking_has_its_seats_times
-- A live booking, its seat, its visit and its slot differ in times, places or person.
SELECT b.id
FROM booking b
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN slot t ON t.id = b.slot
WHERE b.live AND (b.during <> s.during OR t.during <> b.during OR t.person <> b.person
                  OR t.start_place <> v.start_place OR t.end_place <> v.end_place)
UNION ALL
SELECT min(id) FROM booking GROUP BY slot HAVING count(*) > 1;

-- name: i3_held_time_is_the_seats
-- The time that a live offer holds is not its seat's, or somebody else's.
SELECT os.offer
FROM offer_seat os
JOIN offer o ON o.id = os.offer
JOIN seat s ON s.id = os.seat
JOIN slot t ON t.id = os.slot
WHERE os.live AND (t.during <> s.during OR t.person <> o.person OR t.kind <> 'offer' OR NOT t.live)
UNION ALL
SELECT min(offer) FROM offer_seat WHERE slot IS NOT NULL GROUP BY slot HAVING count(*) > 1;

-- name: i6_states_fit_together
-- An ended offer or booking holds time or lanes, a living one has none, or a firm one waits.
SELECT o.id FROM offer o JOIN offer_seat os ON os.offer = o.id
WHERE os.live AND o.state NOT IN ('proposed', 'pending')
UNION ALL
SELECT o.id FROM offer o WHERE o.state IN ('proposed', 'pending')
  AND NOT EXISTS (SELECT FROM offer_seat os WHERE os.offer = o.id AND os.live)
UNION ALL
SELECT o.id FROM offer o WHERE o.state = 'accepted'
  AND NOT EXISTS (SELECT FROM booking b WHERE b.offer = o.id)
UNION ALL
SELECT o.id FROM offer o JOIN offer_seat os ON os.offer = o.id
WHERE os.live AND o.parallel <> (os.slot IS NULL)
UNION ALL
SELECT b.id FROM booking b JOIN slot t ON t.id = b.slot
WHERE t.live <> b.live OR (b.live AND t.kind <> 'booking')
UNION ALL
SELECT b.id FROM booking b JOIN approval a ON a.booking = b.id
WHERE b.state = 'confirmed' AND a.given_at IS NULL
UNION ALL
SELECT b.id FROM booking b JOIN approval a ON a.booking = b.id
WHERE b.state = 'provisional' AND a.refused_at IS NOT NULL
UNION ALL
SELECT b.id FROM booking b
WHERE (b.state IN ('confirmed', 'completed', 'no_show') AND b.confirmed_at IS NULL)
   OR (b.state IN ('provisional', 'released') AND b.confirmed_at IS NOT NULL)
   OR (b.ended_at IS NULL) <> (b.state IN ('provisional', 'confirmed'))
UNION ALL
SELECT t.id FROM slot t
WHERE t.live AND t.kind = 'offer'
  AND NOT EXISTS (SELECT FROM offer_seat os WHERE os.slot = t.id AND os.live)
UNION ALL
SELECT t.id FROM slot t
WHERE t.live AND t.kind = 'booking' AND NOT EXISTS (SELECT FROM booking b WHERE b.slot = t.id)
UNION ALL
SELECT s.id FROM seat s JOIN offer_seat os ON os.seat = s.id WHERE os.live AND s.state = 'dropped'
UNION ALL
SELECT s.id FROM seat s JOIN booking b ON b.seat = s.id
WHERE b.state IN ('provisional', 'confirmed') AND s.state = 'dropped'
UNION ALL
SELECT r.id FROM care_request r JOIN offer o ON o.request = r.id
WHERE o.state IN ('proposed', 'pending') AND r.state NOT IN ('open', 'closed')
UNION ALL
SELECT r.id FROM care_request r
JOIN visit v ON v.request = r.id
JOIN seat s ON s.visit = v.id
JOIN booking b ON b.seat = s.id
WHERE b.state IN ('provisional', 'confirmed') AND r.state NOT IN ('open', 'closed')
  AND upper(b.during) > :now
UNION ALL
SELECT r.id FROM care_request r JOIN visit v ON v.request = r.id JOIN seat s ON s.visit = v.id
WHERE r.state = 'cancelled' AND s.state = 'open' AND upper(v.during) > :now;

-- name: i6_the_board_is_true
-- The desk has an open task twice, or about something that is over.
SELECT min(id) FROM task WHERE state = 'open' GROUP BY kind, subject HAVING count(*) > 1
UNION ALL
SELECT t.id FROM task t JOIN approval a ON a.id = t.subject JOIN booking b ON b.id = a.booking
WHERE t.kind = 'approve' AND t.state = 'open'
  AND (b.state <> 'provisional' OR a.given_at IS NOT NULL OR a.refused_at IS NOT NULL)
UNION ALL
SELECT t.id FROM task t JOIN booking b ON b.id = t.subject
WHERE t.kind = 'decide' AND t.state = 'open' AND b.state NOT IN ('provisional', 'confirmed')
UNION ALL
SELECT t.id FROM task t JOIN offer o ON o.id = t.subject
WHERE t.kind = 'release' AND t.state = 'open' AND o.state <> 'proposed'
UNION ALL
SELECT t.id FROM task t JOIN care_request r ON r.id = t.subject
WHERE t.kind = 'confirm' AND t.state = 'open' AND r.state <> 'unconfirmed';

-- name: i6_only_legal_changes
-- The log tells of an end that was none, of two ends of one thing, or of something twice.
WITH told AS (
    SELECT split_part(kind, '.', 1) AS noun, split_part(kind, '.', 2) AS became, subject
    FROM event
    WHERE kind IN ('offer.accepted', 'offer.declined', 'offer.expired', 'offer.withdrawn',
                   'booking.cancelled', 'booking.released', 'request.cancelled', 'request.closed',
                   'request.expired', 'approval.given', 'approval.refused')
)
SELECT subject FROM told GROUP BY noun, subject HAVING count(*) > 1
UNION ALL
SELECT subject FROM event
WHERE kind IN ('offer.sent', 'offer.proposed', 'booking.confirmed', 'approval.asked')
GROUP BY kind, subject HAVING count(*) > 1
UNION ALL
SELECT o.id FROM told t JOIN offer o ON o.id = t.subject
WHERE t.noun = 'offer' AND o.state <> t.became
UNION ALL
SELECT b.id FROM told t JOIN booking b ON b.id = t.subject
WHERE t.noun = 'booking' AND b.state <> t.became
UNION ALL
SELECT r.id FROM told t JOIN care_request r ON r.id = t.subject
WHERE t.noun = 'request' AND r.state <> t.became
UNION ALL
SELECT a.id FROM told t JOIN approval a ON a.id = t.subject
WHERE t.noun = 'approval'
  AND CASE t.became WHEN 'given' THEN a.given_at ELSE a.refused_at END IS NULL
UNION ALL
SELECT r.id FROM care_request r JOIN offer o ON o.request = r.id WHERE r.state = 'unconfirmed'
UNION ALL  -- who was turned down stays so, and who is known is never new again
SELECT e.id FROM event e JOIN provider p ON p.person = e.subject
WHERE e.kind = 'provider.rejected' AND p.status <> 'rejected'
UNION ALL
SELECT e.id FROM event e JOIN client c ON c.id = e.subject
WHERE e.kind IN ('client.admitted', 'client.blocked', 'client.unblocked') AND c.status = 'new';

-- name: i12_what_is_needed_holds_to_the_end
-- Somebody is booked for a coming visit without what it needs from begin to end: the service, the
-- bands, what must be, the certificate with children, full age to lead; and nobody has asked the desk
-- to decide. What she says of herself and has changed since then is agreed all the same.
WITH coming AS (
    SELECT b.id, b.person, b.created_at, b.during, s.role, r.id AS request, r.service, c.zone, c.id AS centre
    FROM booking b
    JOIN seat s ON s.id = b.seat
    JOIN visit v ON v.id = s.visit
    JOIN care_request r ON r.id = v.request
    JOIN centre c ON c.id = r.centre
    WHERE b.state IN ('provisional', 'confirmed') AND upper(b.during) > :now
), needed AS (
    SELECT id, 'service:' || service AS key FROM coming
    UNION ALL
    SELECT id, 'certificate' FROM coming WHERE service IN ('childcare', 'event')
    UNION ALL
    SELECT id, 'adult' FROM coming WHERE role = 'lead'
    UNION ALL
    SELECT c.id, 'band:' || k.band FROM coming c JOIN request_child k ON k.request = c.request
    WHERE c.service IN ('childcare', 'event')
    UNION ALL
    SELECT c.id, n.key FROM coming c JOIN request_need n ON n.request = c.request WHERE n.must
), held (id, key, since, until) AS (
    SELECT c.id, k.key, NULL::timestamp, NULL::timestamp
    FROM coming c JOIN provider_skill k ON k.person = c.person WHERE k.key NOT LIKE 'says:%'
    UNION ALL
    SELECT c.id, 'adult', p.birth_date + interval '18 years', NULL
    FROM coming c JOIN person p ON p.id = c.person WHERE p.birth_date IS NOT NULL
    UNION ALL  -- before the age at which there is one, nobody needs a certificate
    SELECT c.id, 'certificate', NULL, p.birth_date + interval '14 years'
    FROM coming c JOIN person p ON p.id = c.person WHERE p.birth_date IS NOT NULL
    UNION ALL  -- where the paper doesn't say until when: by the house's years, unless the centre has its own
    SELECT c.id, d.key, k.seen_on,
           coalesce(k.valid_until + 1, CASE WHEN w.key IS NULL THEN k.seen_on + d.lasts END)
    FROM coming c
    JOIN credential k ON k.person = c.person
    JOIN (VALUES ('certificate', 'certificate', interval '5 years'), ('health', 'health', NULL),
                 ('first_aid', 'first_aid', interval '2 years'), ('course', 'course_17h', NULL))
        d (kind, key, lasts) ON d.kind = k.kind
    LEFT JOIN rule w ON w.centre = c.centre AND w.key = d.key || '_years'
)
SELECT DISTINCT c.id
FROM needed n JOIN coming c USING (id)
WHERE NOT EXISTS (
        SELECT FROM held h
        WHERE h.id = n.id AND h.key = n.key
          AND coalesce(h.since <= lower(c.during) AT TIME ZONE c.zone, true)
          AND coalesce(h.until >= upper(c.during) AT TIME ZONE c.zone, true))
  AND NOT ((n.key ~ '^(service|band|lang):' OR n.key IN ('infant_experience', 'driving_licence', 'non_smoker'))
           AND EXISTS (SELECT FROM event e WHERE e.kind = 'provider.changed'
                       AND e.subject = c.person AND e.at > c.created_at))
  AND NOT EXISTS (SELECT FROM task t
                  WHERE t.kind = 'decide' AND t.subject = c.id AND t.state = 'open');

-- name: i12_minors_with_their_guardians_word
-- A minor is firm for a coming visit without a guardian's word on it, or booked with a stranger.
SELECT b.id
FROM booking b
JOIN person p ON p.id = b.person
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN care_request r ON r.id = v.request
JOIN client c ON c.id = r.client
WHERE b.state IN ('provisional', 'confirmed') AND upper(b.during) > :now
  AND p.birth_date + interval '18 years' > v.date
  AND (c.status = 'new' OR (b.state = 'confirmed' AND NOT EXISTS (
      SELECT FROM approval a WHERE a.booking = b.id AND a.by = 'guardian' AND a.given_at IS NOT NULL)));

-- name: i15_time_is_unambiguous
-- A visit's date is not the local day on which it begins, it was moved farther than the family
-- allowed, a seat lies outside its visit, or a range is not half-open and bounded.
SELECT v.id FROM visit v JOIN centre c ON c.id = v.centre
WHERE v.date <> (lower(v.during) AT TIME ZONE c.zone)::date
UNION ALL
SELECT v.id FROM visit v JOIN care_request r ON r.id = v.request
WHERE lower(v.during) < v.wished_at - make_interval(mins => r.flexible_before)
   OR lower(v.during) > v.wished_at + make_interval(mins => r.flexible_after)
UNION ALL
SELECT s.id FROM seat s JOIN visit v ON v.id = s.visit WHERE NOT s.during <@ v.during
UNION ALL
SELECT id FROM (
    SELECT id, during FROM visit UNION ALL SELECT id, during FROM seat
    UNION ALL SELECT id, during FROM slot UNION ALL SELECT id, during FROM booking
    UNION ALL SELECT id, during FROM availability_exception
) ranges
WHERE NOT lower_inc(during) OR upper_inc(during) OR lower_inf(during) OR upper_inf(during)
   OR lower(during) IN ('-infinity', 'infinity') OR upper(during) IN ('-infinity', 'infinity');

-- name: i16_all_or_nobody
-- People who only go together did not become firm together, or are complete and still not firm.
WITH core AS (
    SELECT s.visit, s.id AS seat FROM seat s WHERE s.required AND s.state = 'open'
), first AS (
    SELECT c.visit, min(b.confirmed_at) AS firm_at
    FROM core c JOIN booking b ON b.seat = c.seat
    GROUP BY c.visit
)
SELECT c.visit FROM core c JOIN first f ON f.visit = c.visit AND f.firm_at IS NOT NULL
WHERE NOT EXISTS (SELECT FROM booking b WHERE b.seat = c.seat AND b.confirmed_at = f.firm_at)
UNION ALL
SELECT s.visit
FROM booking b JOIN seat s ON s.id = b.seat
WHERE b.state = 'provisional'
  AND NOT EXISTS (SELECT FROM approval a
                  WHERE a.booking = b.id AND a.by <> 'group' AND a.given_at IS NULL)
  AND NOT EXISTS (
      SELECT FROM core c
      WHERE c.visit = s.visit AND NOT EXISTS (
          SELECT FROM booking o
          WHERE o.seat = c.seat AND o.live
            AND (o.state <> 'provisional' OR NOT EXISTS (
                SELECT FROM approval a
                WHERE a.booking = o.id AND a.by <> 'group' AND a.given_at IS NULL))));
