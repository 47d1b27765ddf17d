-- name: board_tasks
-- Open tasks of a centre with whom they concern, by when they are due.
SELECT t.id, t.public_id, t.kind, t.subject, t.due_at, t.created_at,
       p.given_name || ' ' || p.family_name AS person_name,
       (SELECT c.value FROM contact_point c WHERE c.person = t.person AND c.channel = 'phone'
        ORDER BY c.id LIMIT 1) AS phone,
       (SELECT c.best_time FROM contact_point c WHERE c.person = t.person AND c.channel = 'phone'
        ORDER BY c.id LIMIT 1) AS best_time,
       k.given_name AS claimed_by,
       (SELECT m.template FROM delivery d JOIN message m ON m.id = d.message
        WHERE t.kind IN ('call', 'mail_failed') AND d.id = t.subject) AS template
FROM task t
LEFT JOIN person p ON p.id = t.person
LEFT JOIN person k ON k.id = t.claimed_by
WHERE t.centre = :centre AND t.state = 'open'
ORDER BY t.due_at, t.id LIMIT 200;

-- name: board_task
-- One task with whom it concerns.
SELECT t.id, t.public_id, t.kind, t.subject, t.due_at, t.created_at,
       p.given_name || ' ' || p.family_name AS person_name,
       (SELECT c.value FROM contact_point c WHERE c.person = t.person AND c.channel = 'phone'
        ORDER BY c.id LIMIT 1) AS phone,
       (SELECT c.best_time FROM contact_point c WHERE c.person = t.person AND c.channel = 'phone'
        ORDER BY c.id LIMIT 1) AS best_time,
       k.given_name AS claimed_by,
       (SELECT m.template FROM delivery d JOIN message m ON m.id = d.message
        WHERE t.kind IN ('call', 'mail_failed') AND d.id = t.subject) AS template
FROM task t
LEFT JOIN person p ON p.id = t.person
LEFT JOIN person k ON k.id = t.claimed_by
WHERE t.id = :id;

-- name: coming_visits
-- Visits of open requests that begin from now on, with how far they are filled.
SELECT v.id, v.public_id, r.public_id AS request_public_id, r.service, r.priority,
       c.kind AS client_kind, p.name AS place, lower(v.during) AS starts_at,
       upper(v.during) AS ends_at,
       count(s.id) FILTER (WHERE s.required) AS people,
       count(b.id) FILTER (WHERE s.required AND b.state = 'confirmed') AS firm,
       count(b.id) FILTER (WHERE s.required AND b.state = 'provisional') AS provisional,
       count(o.offer) AS asked
FROM visit v
JOIN care_request r ON r.id = v.request AND r.state = 'open'
JOIN client c ON c.id = r.client
JOIN place p ON p.id = v.start_place
JOIN seat s ON s.visit = v.id AND s.state = 'open'
LEFT JOIN booking b ON b.seat = s.id AND b.live
LEFT JOIN LATERAL (SELECT max(os.offer) AS offer FROM offer_seat os WHERE os.seat = s.id AND os.live) o ON true
WHERE v.centre = :centre AND lower(v.during) >= :since AND lower(v.during) < :before
GROUP BY v.id, r.id, c.id, p.id
ORDER BY lower(v.during), v.id LIMIT 80;

-- name: mail_state
-- Mails of a centre that wait, failed, or are unsure.
SELECT d.id, d.state, d.attempts, d.error, d.next_at, d.created_at, m.template,
       p.given_name || ' ' || p.family_name AS person_name
FROM delivery d
JOIN message m ON m.id = d.message
JOIN person p ON p.id = m.person
WHERE d.centre = :centre AND d.channel = 'email'
  AND d.state IN ('pending', 'leased', 'unknown', 'failed')
ORDER BY d.created_at DESC, d.id DESC LIMIT 200;

-- name: request_contact
-- Who asked and where: looked at by staff, which is noted.
SELECT r.id, r.public_id, r.state, r.channel, r.note, r.priority, r.policy, r.approval,
       CASE WHEN r.payer = 'self' AND c.kind <> 'household' THEN c.kind ELSE r.payer END AS payer,
       r.payer_reference, r.rate, r.answer_by, r.created_at, r.service, c.kind AS client_kind,
       c.name AS client_name, c.status AS client_status, c.public_id AS client_public_id,
       v.start_street, p.postal_code, p.name AS place,
       pe.given_name || ' ' || pe.family_name AS person_name,
       ARRAY(SELECT cp.value FROM contact_point cp WHERE cp.person = r.asked_by
             AND cp.channel = 'phone' ORDER BY cp.id) AS phones,
       ARRAY(SELECT cp.value FROM contact_point cp WHERE cp.person = r.asked_by
             AND cp.channel = 'email' ORDER BY cp.id) AS emails,
       ARRAY(SELECT rc.count || ' × ' || replace(rc.band, '-', '–') FROM request_child rc
             WHERE rc.request = r.id ORDER BY split_part(rc.band, '-', 1)::integer) AS children,
       ARRAY(SELECT rn.key FROM request_need rn WHERE rn.request = r.id AND rn.must ORDER BY rn.key) AS needs
FROM care_request r
JOIN client c ON c.id = r.client
JOIN person pe ON pe.id = r.asked_by
JOIN LATERAL (SELECT * FROM visit WHERE visit.request = r.id ORDER BY ordinal LIMIT 1) v ON true
JOIN place p ON p.id = v.start_place
WHERE r.public_id = :public_id;

-- name: names_of
-- Names for a list of persons.
SELECT id, given_name || ' ' || family_name AS name FROM person WHERE id = ANY(:persons::bigint[]);

-- name: task_subject
-- The page on which a task is done: its request, offer, booking or provider.
SELECT CASE
    WHEN t.kind IN ('unplaced', 'confirm') THEN
        (SELECT '/desk/requests/' || r.public_id FROM care_request r WHERE r.id = t.subject)
    WHEN t.kind = 'release' THEN
        (SELECT '/desk/requests/' || r.public_id FROM offer o JOIN care_request r ON r.id = o.request
         WHERE o.id = t.subject)
    WHEN t.kind = 'check' THEN
        (SELECT '/desk/providers/' || p.public_id FROM provider p WHERE p.person = t.person)
    WHEN t.kind IN ('approve', 'decide') OR m.template LIKE 'approval%' THEN
        (SELECT '/desk/requests/' || r.public_id
         FROM booking b JOIN seat s ON s.id = b.seat JOIN visit v ON v.id = s.visit
         JOIN care_request r ON r.id = v.request
         WHERE b.id = CASE WHEN t.kind = 'decide' THEN t.subject ELSE
             (SELECT a.booking FROM approval a WHERE a.id = coalesce(m.subject, t.subject)) END)
    WHEN m.template = 'offer' THEN
        (SELECT '/offers/' || o.public_id FROM offer o WHERE o.id = m.subject)
    WHEN m.template LIKE 'booking%' AND m.template <> 'booking_client' THEN
        (SELECT '/bookings/' || b.public_id FROM booking b WHERE b.id = m.subject)
    END
FROM task t
LEFT JOIN delivery d ON t.kind IN ('call', 'mail_failed') AND d.id = t.subject
LEFT JOIN message m ON m.id = d.message
WHERE t.id = :id;

-- name: open_approvals
-- What bookings of a request wait for, and the offers that are out.
SELECT a.id, a.by, a.deadline, b.id AS booking, lower(b.during) AS starts_at, b.person,
       pe.given_name || ' ' || pe.family_name AS person_name
FROM approval a
JOIN booking b ON b.id = a.booking AND b.state = 'provisional'
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN person pe ON pe.id = b.person
WHERE v.request = :request AND a.given_at IS NULL AND a.refused_at IS NULL
ORDER BY lower(b.during), a.id;

-- name: live_offers
-- Offers of a request that wait, with whom they ask.
SELECT o.id, o.public_id, o.state, o.expires_at, o.person,
       pe.given_name || ' ' || pe.family_name AS person_name,
       (SELECT c.value FROM contact_point c WHERE c.person = o.person AND c.channel = 'phone'
        ORDER BY c.id LIMIT 1) AS phone
FROM offer o JOIN person pe ON pe.id = o.person
WHERE o.request = :request AND o.state IN ('proposed', 'pending')
ORDER BY o.id;

-- name: active_providers
-- Whom the desk may ask about, by name.
SELECT pr.public_id, p.given_name || ' ' || p.family_name AS name
FROM provider pr JOIN person p ON p.id = pr.person
WHERE pr.centre = :centre AND pr.status = 'active'
ORDER BY p.family_name, p.given_name, pr.person LIMIT 1000;

-- name: visits_in_short
-- When and where some visits are.
SELECT v.id, r.public_id AS request_public_id, lower(v.during) AS starts_at,
       upper(v.during) AS ends_at, p.name AS place
FROM visit v
JOIN care_request r ON r.id = v.request
JOIN place p ON p.id = v.start_place
WHERE v.id = ANY(:visits::bigint[])
ORDER BY v.id;
