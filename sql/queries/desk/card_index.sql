-- name: lock_centre
-- One import at a time; whoever else only refers to the centre need not wait.
SELECT id FROM centre WHERE id = :centre FOR NO KEY UPDATE;

-- name: known_people
-- Everybody a centre knows, with how they are reached.
SELECT p.id AS person, p.given_name, p.family_name, p.search_key, p.birth_date, p.public_id,
       ARRAY(SELECT c.value FROM contact_point c
             WHERE c.person = p.id AND c.channel = 'email' ORDER BY c.id) AS emails,
       ARRAY(SELECT c.value FROM contact_point c
             WHERE c.person = p.id AND c.channel = 'phone' ORDER BY c.id) AS phones,
       (SELECT c.best_time FROM contact_point c
        WHERE c.person = p.id AND c.best_time IS NOT NULL ORDER BY c.id LIMIT 1) AS best_time
FROM person p
WHERE :centre::bigint = ANY (p.centres) AND p.erased_at IS NULL
ORDER BY p.id;

-- name: providers_of_centre
-- Everybody who helps a centre or once did, whole.
SELECT v.person, v.public_id, v.centre, v.status, v.engagement, p.given_name, p.family_name,
       p.birth_date, p.locale, v.place, l.postal_code, l.name AS place_name, v.street,
       v.transport, v.radius_km, v.last_way_home, v.hours_week, v.lowest_rate, v.schooling_until,
       v.attends_school, v.refuses,
       ARRAY(SELECT s.key FROM provider_skill s WHERE s.person = v.person ORDER BY s.key) AS skills,
       v.about, v.created_at, v.version
FROM provider v
JOIN person p ON p.id = v.person
JOIN place l ON l.id = v.place
WHERE v.centre = :centre AND p.erased_at IS NULL
ORDER BY p.family_name, p.given_name, v.person;

-- name: credentials_of_centre
-- Everything that was shown to a centre, the newest first.
SELECT public_id, person, kind, seen_on, seen_by, valid_until
FROM credential WHERE centre = :centre
ORDER BY person, seen_on DESC, id DESC;

-- name: wards_of_centre
-- Whose guardians are whose, of those who help a centre.
SELECT r.person, r.other AS guardian
FROM relation r JOIN provider v ON v.person = r.person
WHERE v.centre = :centre AND r.kind = 'guardian'
ORDER BY r.person, r.other;

-- name: clients_of_centre
-- Who asks for care, with their places and who speaks for them.
SELECT c.id, c.public_id, c.kind, c.name, c.place, l.postal_code, l.name AS place_name, c.street,
       c.tags, c.status,
       ARRAY(SELECT k.person FROM client_contact k
             WHERE k.client = c.id ORDER BY k.person) AS speakers
FROM client c JOIN place l ON l.id = c.place
WHERE c.centre = :centre
ORDER BY c.name, c.id;

-- name: requests_of_centre
-- Requests with visits that begin after a time, each with its care visits in their order.
SELECT r.id, r.public_id, r.client, r.asked_by, r.service, r.state, r.payer, r.payer_reference,
       r.rate, r.note, r.tasks, f.start_street AS street, l.postal_code, l.name AS place_name,
       ARRAY(SELECT v.wished_at FROM visit v
             WHERE v.request = r.id AND v.kind = 'care' ORDER BY v.ordinal) AS wished,
       ARRAY(SELECT lower(v.during) FROM visit v
             WHERE v.request = r.id AND v.kind = 'care' ORDER BY v.ordinal) AS starts,
       ARRAY(SELECT upper(v.during) FROM visit v
             WHERE v.request = r.id AND v.kind = 'care' ORDER BY v.ordinal) AS ends,
       ARRAY(SELECT c.band FROM request_child c
             WHERE c.request = r.id ORDER BY c.band) AS bands,
       ARRAY(SELECT c.count FROM request_child c
             WHERE c.request = r.id ORDER BY c.band) AS counts,
       ARRAY(SELECT n.key FROM request_need n
             WHERE n.request = r.id AND n.must ORDER BY n.key) AS needs,
       ARRAY(SELECT n.key FROM request_need n
             WHERE n.request = r.id AND NOT n.must ORDER BY n.key) AS wishes,
       (SELECT count(*) FROM seat s
        WHERE s.visit = f.id AND s.role IN ('lead', 'normal')) AS people
FROM care_request r
JOIN visit f ON f.request = r.id AND f.kind = 'care' AND f.ordinal = (
    SELECT min(x.ordinal) FROM visit x WHERE x.request = r.id AND x.kind = 'care')
JOIN place l ON l.id = f.start_place
WHERE r.centre = :centre
  AND EXISTS (SELECT FROM visit v WHERE v.request = r.id AND lower(v.during) > :since)
ORDER BY lower(f.during), r.id;

-- name: count_letters
-- How many letters and calls one import would cause.
SELECT count(*) FROM message WHERE centre = :centre AND created_at = :now;
