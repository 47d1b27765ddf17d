-- name: lock_request
-- Lock a request before anybody's time is touched.
SELECT id, centre, client, asked_by, state, approval, policy, payer, rate, service, version,
       priority, answered_at
FROM care_request WHERE id = :id FOR NO KEY UPDATE;

-- name: lock_persons
-- Lock persons by rising id: their time is about to change (I1).
SELECT id FROM person WHERE id = ANY(:persons::bigint[]) ORDER BY id FOR NO KEY UPDATE;

-- name: has_email
-- Whether one of these persons can be written to; else the desk has to call.
SELECT EXISTS (SELECT FROM contact_point WHERE person = ANY(:persons::bigint[]) AND channel = 'email');

-- name: seats_to_fill
-- Seats as they stand now: times, bookings, live lanes.
SELECT s.id, s.visit, s.required, s.lanes, s.state, lower(s.during) AS starts_at,
       upper(s.during) AS ends_at, v.start_place, v.end_place, v.centre, v.wished_at,
       lower(v.during) AS visit_starts_at, r.id AS request,
       EXISTS (SELECT FROM booking b WHERE b.seat = s.id AND b.live) AS booked,
       ARRAY(SELECT os.lane FROM offer_seat os WHERE os.seat = s.id AND os.live) AS live_lanes
FROM seat s JOIN visit v ON v.id = s.visit JOIN care_request r ON r.id = v.request
WHERE s.id = ANY(:seats::bigint[])
ORDER BY s.id;

-- name: move_visit
-- Move a visit and its seats within the family's flexibility, while nobody is asked or booked.
WITH moved AS (
    UPDATE visit v
    SET during = tstzrange(lower(v.during) + :by::interval, upper(v.during) + :by::interval),
        date = ((lower(v.during) + :by) AT TIME ZONE 'Europe/Berlin')::date
    FROM care_request r
    WHERE v.id = :visit AND r.id = v.request
      AND lower(v.during) + :by >= v.wished_at - make_interval(mins => r.flexible_before)
      AND lower(v.during) + :by <= v.wished_at + make_interval(mins => r.flexible_after)
      AND NOT EXISTS (
        SELECT FROM seat s WHERE s.visit = :visit AND (
            EXISTS (SELECT FROM booking b WHERE b.seat = s.id AND b.live)
            OR EXISTS (SELECT FROM offer_seat os WHERE os.seat = s.id AND os.live)))
    RETURNING v.id)
UPDATE seat SET during = tstzrange(lower(during) + :by::interval, upper(during) + :by::interval)
WHERE visit IN (SELECT id FROM moved)
RETURNING id;

-- name: insert_slot
-- Give away somebody's time (I1 by slot_no_overlap).
INSERT INTO slot (person, during, kind, start_place, end_place)
VALUES (:person, tstzrange(:starts_at, :ends_at), :kind, :start_place, :end_place)
RETURNING id;

-- name: insert_offer
-- An offer to a provider.
INSERT INTO offer (centre, request, person, run, state, parallel, request_version, rate,
    way_minutes, distance_km, created_at, expires_at)
VALUES (:centre, :request, :person, :run, :state, :parallel, :request_version, :rate,
    :way_minutes, :distance_km, :now, :expires_at)
RETURNING id;

-- name: insert_offer_seat
-- A seat that the offer names, in a lane of its own (I2), with her time where it is held (I1).
WITH held AS (
    INSERT INTO slot (person, during, kind, start_place, end_place, expires_at)
    SELECT :person::bigint, tstzrange(:starts_at, :ends_at), 'offer', :start_place, :end_place, :expires_at
    WHERE :holds::boolean
    RETURNING id)
INSERT INTO offer_seat (centre, offer, seat, lane, slot)
VALUES (:centre, :offer, :seat, :lane, (SELECT id FROM held));

-- name: offer_by_id
-- One offer.
SELECT id, public_id, centre, request, person, run, state, parallel, request_version, rate,
       way_minutes, distance_km, created_at, expires_at, answered_at
FROM offer WHERE id = :id;

-- name: offer_by_public_id
-- One offer, by what stands in addresses.
SELECT id, public_id, centre, request, person, run, state, parallel, request_version, rate,
       way_minutes, distance_km, created_at, expires_at, answered_at
FROM offer WHERE public_id = :public_id;

-- name: change_offer
-- Compare and swap: the offer goes on only from this state (I6).
UPDATE offer SET state = :becomes, answered_at = :now, expires_at = coalesce(:expires_at, expires_at)
WHERE id = :id AND state = :was
RETURNING id;

-- name: seats_of_offers
-- What offers name; `taken` is what somebody said yes to.
SELECT os.offer, os.seat, os.lane, os.live, os.slot, s.visit, v.public_id AS visit_public_id, s.required, s.role,
       lower(s.during) AS starts_at, upper(s.during) AS ends_at, v.start_place, v.end_place,
       EXISTS (SELECT FROM booking b WHERE b.person = o.person AND b.seat = os.seat
               AND b.offer = os.offer) AS taken
FROM offer_seat os JOIN offer o ON o.id = os.offer JOIN seat s ON s.id = os.seat
JOIN visit v ON v.id = s.visit
WHERE os.offer = ANY(:offers::bigint[])
ORDER BY os.offer, lower(s.during), os.seat;

-- name: end_offer_seats
-- The offer's lanes are free again, and the time it held.
WITH ended AS (
    UPDATE offer_seat SET live = false WHERE offer = :offer AND live RETURNING slot)
UPDATE slot SET live = false WHERE id IN (SELECT slot FROM ended) AND kind = 'offer'
RETURNING id;

-- name: rivals
-- Live offers of others to these seats, and this person's own that hold or ask for the same time;
-- locked by rising id, since somebody else's acceptance may be withdrawing them at this moment.
SELECT o.id, o.person, o.centre, o.state, o.parallel
FROM offer o
WHERE o.id <> :offer AND o.state IN ('pending', 'proposed')
  AND o.id IN (
      SELECT os.offer FROM offer_seat os WHERE os.live AND os.seat = ANY(:seats::bigint[])
      UNION ALL
      SELECT os.offer
      FROM offer own
      JOIN offer_seat os ON os.offer = own.id AND os.live
      JOIN seat s ON s.id = os.seat
      JOIN seat mine ON mine.id = ANY(:seats::bigint[]) AND mine.during && s.during
      WHERE own.person = :person AND own.state IN ('pending', 'proposed'))
ORDER BY o.id
FOR NO KEY UPDATE OF o;

-- name: expired_offers
-- Offers whose time to answer is over.
SELECT id, centre, request FROM offer
WHERE state IN ('pending', 'proposed') AND expires_at <= :now
ORDER BY id LIMIT 500;

-- name: live_offers_of_request
-- Offers of a request that still wait.
SELECT id, public_id, centre, request, person, run, state, parallel, request_version, rate,
       way_minutes, distance_km, created_at, expires_at, answered_at
FROM offer WHERE request = :request AND state IN ('pending', 'proposed') ORDER BY id;

-- name: live_offers_of_person
-- Offers of a person that still wait, locked by rising id (see rivals).
SELECT id, public_id, centre, request, person, run, state, parallel, request_version, rate,
       way_minutes, distance_km, created_at, expires_at, answered_at
FROM offer WHERE person = :person AND state IN ('pending', 'proposed') ORDER BY id
FOR NO KEY UPDATE;

-- name: offers_of_person
-- A provider's offers, the waiting ones first.
SELECT id, public_id, centre, request, person, run, state, parallel, request_version, rate,
       way_minutes, distance_km, created_at, expires_at, answered_at
FROM offer WHERE person = :person AND centre = :centre
ORDER BY state = 'pending' DESC, created_at DESC LIMIT :most;

-- name: note_choice
-- A provider declined this request, or is not wanted for it: never asked again.
INSERT INTO request_provider (centre, request, person, kind)
VALUES (:centre, :request, :person, :kind)
ON CONFLICT (request, person) DO UPDATE SET kind = EXCLUDED.kind;

-- name: details_of_offers
-- What offers' pages and letters may show before the firm booking: no street, no name, no phone.
SELECT o.id, o.public_id, o.centre, o.state, o.parallel, o.rate, o.way_minutes, o.distance_km,
       o.expires_at, o.person, r.id AS request, r.public_id AS request_public_id, r.service,
       CASE WHEN r.payer = 'self' AND c.kind <> 'household' THEN c.kind ELSE r.payer END AS payer,
       c.kind AS client_kind, c.status AS client_status, r.tasks, r.tags,
       c.tags AS client_tags,
       ARRAY(SELECT rc.band FROM request_child rc WHERE rc.request = r.id ORDER BY rc.band) AS bands,
       coalesce((SELECT sum(rc.count) FROM request_child rc WHERE rc.request = r.id), 0)::integer AS children,
       (SELECT p.name FROM visit v JOIN place p ON p.id = v.start_place
        WHERE v.request = r.id ORDER BY v.ordinal LIMIT 1) AS place
FROM offer o JOIN care_request r ON r.id = o.request JOIN client c ON c.id = r.client
WHERE o.id = ANY(:ids::bigint[])
ORDER BY o.id;

-- name: behalf_of_offer
-- Whose answer an offer waits for, and of which request it is.
SELECT o.person, p.given_name || ' ' || p.family_name AS name, r.public_id AS request
FROM offer o JOIN person p ON p.id = o.person JOIN care_request r ON r.id = o.request
WHERE o.id = :id;

-- name: seat_count
-- How many people a seat's visit needs, and how many are asked for this seat besides this offer.
SELECT (SELECT count(*) FROM seat s2 WHERE s2.visit = s.visit AND s2.required) AS people,
       (SELECT count(*) FROM offer_seat os WHERE os.seat = s.id AND os.live AND os.offer <> :offer)
           AS others_asked
FROM seat s WHERE s.id = :seat;
