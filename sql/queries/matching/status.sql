-- name: seats_with_state
-- Each seat of a request's visits: who has it, or how many are asked.
SELECT s.id, s.visit, v.public_id AS visit_public_id, v.ordinal, s.role, s.required, s.state,
       lower(v.during) AS starts_at, upper(v.during) AS ends_at, p.name AS place,
       b.id AS booking, b.state AS booking_state,
       (SELECT count(*) FROM offer_seat os JOIN offer o ON o.id = os.offer
        WHERE os.seat = s.id AND os.live AND o.state = 'pending') AS asked,
       (SELECT a.id FROM approval a WHERE a.booking = b.id AND a.by = 'client'
        AND a.given_at IS NULL AND a.refused_at IS NULL) AS approval,
       (SELECT count(*) FROM booking e WHERE e.seat = s.id AND e.state IN ('cancelled', 'released'))
           AS ended
FROM visit v
JOIN seat s ON s.visit = v.id
JOIN place p ON p.id = v.start_place
LEFT JOIN booking b ON b.seat = s.id AND b.live
WHERE v.request = :request
ORDER BY v.ordinal, s.position;

-- name: requests_of_person
-- Requests of the clients for whom a person speaks, the newest first.
SELECT r.id, r.public_id, r.state, r.service, min(lower(v.during)) AS starts_at,
       min(upper(v.during)) AS ends_at, count(DISTINCT v.id) AS visits,
       count(s.id) FILTER (WHERE s.required AND s.state = 'open') AS people,
       count(b.id) FILTER (WHERE s.required AND b.state IN ('confirmed', 'completed')) AS firm,
       count(a.id) AS waiting
FROM care_request r
JOIN client_contact cc ON cc.client = r.client AND cc.person = :person
JOIN visit v ON v.request = r.id
JOIN seat s ON s.visit = v.id
LEFT JOIN booking b ON b.seat = s.id AND b.live
LEFT JOIN approval a ON a.booking = b.id AND a.by = 'client' AND a.given_at IS NULL
    AND a.refused_at IS NULL
GROUP BY r.id
ORDER BY r.created_at DESC, r.id DESC
LIMIT :most;

-- name: consents_of_guardian
-- Bookings of minors that wait for their guardian.
SELECT a.id, b.public_id AS booking, a.deadline, lower(b.during) AS starts_at,
       upper(b.during) AS ends_at, pe.given_name
FROM approval a
JOIN booking b ON b.id = a.booking AND b.state = 'provisional'
JOIN relation re ON re.person = b.person AND re.kind = 'guardian' AND re.other = :person
JOIN person pe ON pe.id = b.person
WHERE a.by = 'guardian' AND a.given_at IS NULL AND a.refused_at IS NULL
ORDER BY lower(b.during) LIMIT 100;
