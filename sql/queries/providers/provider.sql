-- name: insert_provider
-- Somebody wants to help; she begins as an applicant.
INSERT INTO provider (person, centre, engagement, place, street, transport, radius_km,
                      last_way_home, hours_week, lowest_rate, schooling_until, attends_school,
                      refuses, about, created_at)
VALUES (:person, :centre, :engagement, :place, :street, :transport, :radius_km, :last_way_home,
        :hours_week, :lowest_rate, :schooling_until, :attends_school, :refuses, :about, :now)
RETURNING public_id;

-- name: insert_skills
-- What somebody can, all of it at once.
INSERT INTO provider_skill (centre, person, key)
SELECT :centre, :person, unnest(:keys::text[])
ON CONFLICT DO NOTHING;

-- name: delete_skills
-- Everything somebody said she can; what she says she could show stays.
DELETE FROM provider_skill WHERE person = :person AND key NOT LIKE 'says:%';

-- name: provider_by_person
-- A provider by her person.
SELECT v.person, v.public_id, v.centre, v.status, v.engagement, p.given_name, p.family_name,
       p.birth_date, p.locale, v.place, l.postal_code, l.name AS place_name, v.street,
       v.transport, v.radius_km, v.last_way_home, v.hours_week, v.lowest_rate, v.schooling_until,
       v.attends_school, v.refuses,
       ARRAY(SELECT s.key FROM provider_skill s WHERE s.person = v.person ORDER BY s.key) AS skills,
       v.about, v.created_at, v.version
FROM provider v
JOIN person p ON p.id = v.person
JOIN place l ON l.id = v.place
WHERE v.person = :person AND p.erased_at IS NULL;

-- name: provider_by_public_id
-- A provider by the id that leaves the house.
SELECT v.person, v.public_id, v.centre, v.status, v.engagement, p.given_name, p.family_name,
       p.birth_date, p.locale, v.place, l.postal_code, l.name AS place_name, v.street,
       v.transport, v.radius_km, v.last_way_home, v.hours_week, v.lowest_rate, v.schooling_until,
       v.attends_school, v.refuses,
       ARRAY(SELECT s.key FROM provider_skill s WHERE s.person = v.person ORDER BY s.key) AS skills,
       v.about, v.created_at, v.version
FROM provider v
JOIN person p ON p.id = v.person
JOIN place l ON l.id = v.place
WHERE v.public_id = :public_id AND p.erased_at IS NULL;

-- name: providers_page
-- One page of a centre's providers by name, after the last one of the page before. A person is
-- found when every word begins one of her names, or when her family name sounds alike.
SELECT v.person, v.public_id, p.given_name, p.family_name, v.status, p.birth_date,
       l.name AS place_name, v.transport,
       ARRAY(SELECT substr(s.key, 9) FROM provider_skill s
             WHERE s.person = v.person AND s.key LIKE 'service:%' ORDER BY s.key) AS services,
       (SELECT max(c.valid_until) FROM credential c
        WHERE c.person = v.person AND c.kind = 'certificate') AS certificate_until,
       (SELECT max(c.valid_until) FROM credential c
        WHERE c.person = v.person AND c.kind = 'first_aid') AS first_aid_until,
       v.created_at
FROM provider v
JOIN person p ON p.id = v.person
JOIN place l ON l.id = v.place
WHERE v.centre = :centre AND v.status = ANY(:statuses::text[]) AND p.erased_at IS NULL
  AND (cardinality(:words::text[]) = 0
       OR NOT EXISTS (SELECT FROM unnest(:words::text[]) AS word
                      WHERE strpos(' ' || p.search_key, ' ' || word) = 0)
       OR p.sound_key = ANY(:sounds::text[]))
  AND (:after::uuid IS NULL
       OR (p.family_name, p.given_name, v.person)
          > (SELECT last.family_name, last.given_name, last.id
             FROM provider x JOIN person last ON last.id = x.person WHERE x.public_id = :after))
ORDER BY p.family_name, p.given_name, v.person
LIMIT :most;

-- name: providers_by_status
-- How many providers of a centre are in which status.
SELECT status, count(*) AS count FROM provider WHERE centre = :centre
GROUP BY status ORDER BY status;

-- name: lock_provider
-- A provider's person, so that nothing is booked while something about her changes.
SELECT p.id FROM person p JOIN provider v ON v.person = p.id
WHERE v.public_id = :public_id AND p.erased_at IS NULL
FOR NO KEY UPDATE OF p;

-- name: change_status
-- Another status, if the present one is still what the caller saw (I6).
UPDATE provider SET status = :new, version = version + 1
WHERE person = :person AND status = :old
RETURNING version;

-- name: update_provider
-- What a provider or the desk may change about her.
UPDATE provider
SET place = :place, street = :street, transport = :transport, radius_km = :radius_km,
    last_way_home = :last_way_home, hours_week = :hours_week, lowest_rate = :lowest_rate,
    schooling_until = :schooling_until, attends_school = :attends_school, refuses = :refuses,
    about = :about, version = version + 1
WHERE person = :person;

-- name: guardians
-- Who has custody of somebody, how they are reached, and since when their consent is on file.
SELECT g.id AS person, g.public_id, g.given_name, g.family_name,
       (SELECT c.value FROM contact_point c WHERE c.person = g.id AND c.channel = 'email'
        ORDER BY c.id LIMIT 1) AS email,
       (SELECT c.value FROM contact_point c WHERE c.person = g.id AND c.channel = 'phone'
        ORDER BY c.id LIMIT 1) AS phone,
       (SELECT max(k.given_at) FROM consent k
        WHERE k.person = r.person AND k.kind = 'guardian' AND k.given_by = g.id
          AND k.withdrawn_at IS NULL) AS consent_at
FROM relation r JOIN person g ON g.id = r.other
WHERE r.person = :person AND r.kind = 'guardian' AND g.erased_at IS NULL
ORDER BY g.id;

-- name: coming_bookings
-- What somebody has agreed to and has not done yet.
SELECT public_id, lower(during) AS starts_at, upper(during) AS ends_at, state
FROM booking
WHERE person = :person AND state IN ('provisional', 'confirmed') AND upper(during) > :now
ORDER BY lower(during), id;

-- name: set_birth_date
-- Somebody we know otherwise tells how old she is.
UPDATE person SET birth_date = :birth_date WHERE id = :person AND birth_date IS NULL;

-- name: places_of_centre
-- The places that a centre serves, to be suggested while somebody writes.
SELECT l.postal_code || ' ' || l.name AS label
FROM centre_area a JOIN place l ON l.id = a.place
WHERE a.centre = :centre
ORDER BY l.name, l.postal_code;
