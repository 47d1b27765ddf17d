-- name: i4_told_once
-- Somebody is told the same thing of one event twice, or a message has no or two deliveries.
SELECT event FROM message GROUP BY event, person, template HAVING count(*) > 1
UNION ALL
SELECT m.event FROM message m LEFT JOIN delivery d ON d.message = m.id
GROUP BY m.id HAVING count(d.id) <> 1
UNION ALL  -- a reminder is an event with a key
SELECT min(id) FROM event WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1;

-- name: i4_every_owed_message
-- An event owes somebody a message and has none.
WITH owed (event, person, template) AS (
    SELECT e.id, o.person, 'offer' FROM event e JOIN offer o ON o.id = e.subject
    WHERE e.kind = 'offer.sent'
    UNION ALL  -- who was not asked yet, or took other time herself, is not told
    SELECT e.id, o.person, 'offer_withdrawn' FROM event e JOIN offer o ON o.id = e.subject
    WHERE e.kind = 'offer.withdrawn' AND e.data ->> 'reason' <> 'busy'
      AND EXISTS (SELECT FROM event s WHERE s.kind = 'offer.sent' AND s.subject = o.id)
    UNION ALL
    SELECT e.id, b.person, t.template
    FROM (VALUES ('booking.confirmed', 'booking_provider'), ('booking.released', 'booking_released'),
                 ('booking.reminded', 'reminder')) t (kind, template)
    JOIN event e ON e.kind = t.kind
    JOIN booking b ON b.id = e.subject
    UNION ALL  -- a cancellation is for the other side
    SELECT e.id, b.person, 'booking_cancelled_provider' FROM event e JOIN booking b ON b.id = e.subject
    WHERE e.kind = 'booking.cancelled' AND e.data ->> 'by' <> 'provider'
    UNION ALL
    SELECT e.id, r.asked_by, 'booking_cancelled_client'
    FROM event e
    JOIN booking b ON b.id = e.subject
    JOIN seat s ON s.id = b.seat
    JOIN visit v ON v.id = s.visit
    JOIN care_request r ON r.id = v.request
    WHERE e.kind = 'booking.cancelled' AND e.data ->> 'by' IN ('provider', 'guardian')
    UNION ALL
    SELECT e.id, r.asked_by, t.template
    FROM (VALUES ('visit.staffed', 'booking_client'), ('visit.cancelled', 'visit_cancelled'),
                 ('visit.reminded', 'reminder_client')) t (kind, template)
    JOIN event e ON e.kind = t.kind
    JOIN visit v ON v.id = e.subject
    JOIN care_request r ON r.id = v.request
    UNION ALL
    SELECT e.id, r.asked_by, 'request_cancelled' FROM event e JOIN care_request r ON r.id = e.subject
    WHERE e.kind = 'request.cancelled'
    UNION ALL
    SELECT e.id, r.asked_by, 'approval_client'
    FROM event e
    JOIN approval a ON a.id = e.subject
    JOIN booking b ON b.id = a.booking
    JOIN seat s ON s.id = b.seat
    JOIN visit v ON v.id = s.visit
    JOIN care_request r ON r.id = v.request
    WHERE e.kind = 'approval.asked' AND a.by = 'client'
    UNION ALL
    SELECT e.id, p.id, t.template
    FROM (VALUES ('provider.registered', 'provider_welcome'),
                 ('provider.activated', 'provider_activated')) t (kind, template)
    JOIN event e ON e.kind = t.kind
    JOIN person p ON p.id = e.subject
    UNION ALL
    SELECT e.id, l.person, 'sign_in' FROM event e JOIN link l ON l.id = e.subject
    WHERE e.kind = 'link.issued'
)
SELECT o.event FROM owed o JOIN person p ON p.id = o.person
WHERE p.erased_at IS NULL AND NOT EXISTS (
    SELECT FROM message m
    WHERE m.event = o.event AND m.person = o.person AND m.template = o.template)
UNION ALL  -- whom these concern is not for us to know: a guardian, or who asked at the time
SELECT e.id FROM event e
WHERE e.kind IN ('approval.asked', 'request.answered')
  AND NOT EXISTS (SELECT FROM message m WHERE m.event = e.id)
UNION ALL  -- who is booked with a guardian's word is firm with the guardian's knowledge
SELECT e.id FROM event e
WHERE e.kind = 'booking.confirmed'
  AND EXISTS (SELECT FROM approval a WHERE a.booking = e.subject AND a.by = 'guardian')
  AND NOT EXISTS (SELECT FROM message m WHERE m.event = e.id AND m.template = 'booking_guardian')
UNION ALL  -- on the phone she has heard it; who has no address is called
SELECT e.id FROM event e
WHERE e.kind = 'request.submitted' AND e.on_behalf_of IS NULL
  AND NOT EXISTS (SELECT FROM message m WHERE m.event = e.id)
  AND NOT EXISTS (SELECT FROM task t WHERE t.kind = 'confirm' AND t.subject = e.subject);

-- name: i4_nobody_is_forgotten
-- A call that waits is not on the call list, or the desk doesn't know of a mail that failed.
SELECT d.id FROM delivery d
WHERE d.channel = 'phone' AND d.state = 'pending' AND NOT EXISTS (
    SELECT FROM task t WHERE t.kind = 'call' AND t.subject = d.id AND t.state = 'open')
UNION ALL
SELECT d.id FROM delivery d
WHERE d.channel = 'email' AND d.state = 'failed' AND NOT EXISTS (
    SELECT FROM task t WHERE t.kind = 'mail_failed' AND t.subject = d.id);

-- name: i5_no_lost_request
-- A key was kept without its answer or effect, or twice; or a request has no visit, or a visit no seat.
SELECT 0 FROM idempotency
WHERE answer = '{}'
   OR (actor LIKE 'requests:%' AND NOT EXISTS (
           SELECT FROM care_request r WHERE r.public_id = (answer ->> 'id')::uuid))
UNION ALL
SELECT 0 FROM idempotency GROUP BY actor, key HAVING count(*) > 1
UNION ALL
SELECT r.id FROM care_request r WHERE NOT EXISTS (SELECT FROM visit v WHERE v.request = r.id)
UNION ALL
SELECT v.request FROM visit v WHERE NOT EXISTS (SELECT FROM seat s WHERE s.visit = v.id);

-- name: i7_nothing_crosses_centres
-- A thing lies in another centre than what it belongs to.
SELECT a.client FROM client_contact a JOIN client b ON b.id = a.client WHERE a.centre <> b.centre
UNION ALL
SELECT a.person FROM provider_skill a JOIN provider b USING (person) WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM credential a JOIN provider b USING (person) WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM availability a JOIN provider b USING (person) WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM availability_exception a JOIN provider b USING (person) WHERE a.centre <> b.centre
UNION ALL
SELECT a.client FROM pair_rule a JOIN client b ON b.id = a.client WHERE a.centre <> b.centre
UNION ALL
SELECT a.person FROM pair_rule a JOIN provider b USING (person) WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM care_request a JOIN client b ON b.id = a.client WHERE a.centre <> b.centre
UNION ALL
SELECT a.request FROM request_need a JOIN care_request b ON b.id = a.request WHERE a.centre <> b.centre
UNION ALL
SELECT a.request FROM request_child a JOIN care_request b ON b.id = a.request WHERE a.centre <> b.centre
UNION ALL
SELECT a.request FROM request_provider a JOIN care_request b ON b.id = a.request
WHERE a.centre <> b.centre
UNION ALL
SELECT a.person FROM request_provider a JOIN provider b USING (person) WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM visit a JOIN care_request b ON b.id = a.request WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM seat a JOIN visit b ON b.id = a.visit WHERE a.centre <> b.centre
UNION ALL
SELECT a.visit FROM run_visit a JOIN visit b ON b.id = a.visit WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM offer a JOIN care_request b ON b.id = a.request WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM offer a JOIN provider b USING (person) WHERE a.centre <> b.centre
UNION ALL
SELECT a.offer FROM offer_seat a JOIN offer b ON b.id = a.offer WHERE a.centre <> b.centre
UNION ALL
SELECT a.seat FROM offer_seat a JOIN seat b ON b.id = a.seat WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM booking a JOIN seat b ON b.id = a.seat WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM booking a JOIN provider b USING (person) WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM booking a JOIN offer b ON b.id = a.offer WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM approval a JOIN booking b ON b.id = a.booking WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM message a JOIN event b ON b.id = a.event WHERE a.centre <> b.centre
UNION ALL
SELECT a.id FROM delivery a JOIN message b ON b.id = a.message WHERE a.centre <> b.centre;

-- name: i7_nobody_is_known_by_stealth
-- A centre deals with a person that it doesn't know.
SELECT m.person FROM message m JOIN person p ON p.id = m.person WHERE m.centre <> ALL (p.centres)
UNION ALL
SELECT r.asked_by FROM care_request r JOIN person p ON p.id = r.asked_by
WHERE r.centre <> ALL (p.centres)
UNION ALL
SELECT c.person FROM client_contact c JOIN person p ON p.id = c.person WHERE c.centre <> ALL (p.centres)
UNION ALL
SELECT v.person FROM provider v JOIN person p ON p.id = v.person WHERE v.centre <> ALL (p.centres);

-- name: i7_the_wall_stands
-- A table with personal data lets the web role see or write rows of other centres.
SELECT c.oid::bigint
FROM pg_class c
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  -- without a wall, and why: see the migrations that make them
  AND c.relname NOT IN ('place', 'transport', 'centre', 'centre_area', 'transition', 'migration', 'slot',
                        'link', 'session', 'role_grant', 'idempotency', 'attempt', 'job_slot', 'run',
                        'provider_change', 'event_seal')
  AND NOT (c.relrowsecurity
           AND EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname
                       AND p.roles = '{rundum_web}' AND p.cmd = 'ALL'
                       AND p.qual LIKE '%current_centre()%' AND p.with_check LIKE '%current_centre()%')
           AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname
                           AND p.roles && '{public,rundum_web}' AND p.policyname <> 'centre'))
UNION ALL
SELECT r.oid::bigint FROM pg_roles r
WHERE r.rolname IN ('rundum_web', 'rundum_worker') AND (r.rolbypassrls OR r.rolsuper)
UNION ALL  -- the log only grows, and nobody who works moves the rules (I11, I6)
SELECT c.oid::bigint FROM pg_class c CROSS JOIN unnest('{rundum_web,rundum_worker}'::name[]) AS r (name)
WHERE c.relnamespace = 'public'::regnamespace
  AND ((c.relname IN ('event', 'event_seal') AND has_table_privilege(r.name, c.oid, 'UPDATE,DELETE,TRUNCATE'))
       OR (c.relname IN ('transition', 'transport')
           AND has_table_privilege(r.name, c.oid, 'INSERT,UPDATE,DELETE,TRUNCATE')));

-- name: i8_links_act_once
-- A link was used after its end, or one that never acts or was taken back, or one secret opens two links.
SELECT id FROM link
WHERE used_at >= expires_at OR (used_at IS NOT NULL AND (standing OR revoked_at IS NOT NULL))
UNION ALL
SELECT min(id) FROM link GROUP BY hash HAVING count(*) > 1;

-- name: i9_a_slot_runs_once
-- A scheduled slot was claimed twice.
SELECT count(*) FROM job_slot GROUP BY job, slot HAVING count(*) > 1;

-- name: i10_a_lost_lease_writes_nothing
-- Two runs are running, a run wrote after its end or left findings unfinished, a delivery has a
-- lease that it should not have, or none, or came to an end and went on.
SELECT min(id) FROM run WHERE state = 'running' HAVING count(*) > 1
UNION ALL
SELECT o.id FROM offer o JOIN run r ON r.id = o.run WHERE o.created_at > r.finished_at
UNION ALL
SELECT DISTINCT v.run FROM run_visit v JOIN run r ON r.id = v.run WHERE r.state <> 'done'
UNION ALL
SELECT id FROM run WHERE (state = 'running') <> (finished_at IS NULL)
UNION ALL
SELECT id FROM delivery
WHERE (state = 'leased') <> (lease_token IS NOT NULL AND lease_until IS NOT NULL)
   OR (state IN ('pending', 'leased', 'unknown')) <> (ended_at IS NULL)
   OR (ended_at IS NOT NULL AND rendered IS NOT NULL);
