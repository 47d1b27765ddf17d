-- name: person_of_provider
-- The person behind a provider's public id.
SELECT person FROM provider WHERE public_id = :provider;

-- name: first_open_seats
-- The first open seat of each coming visit of a request.
SELECT DISTINCT ON (v.id) s.id, v.public_id AS visit, lower(s.during) AS starts_at,
       upper(s.during) AS ends_at
FROM care_request r
JOIN visit v ON v.request = r.id
JOIN seat s ON s.visit = v.id AND s.state = 'open'
WHERE r.public_id = :request AND upper(v.during) > :now
  AND NOT EXISTS (SELECT FROM booking b WHERE b.seat = s.id AND b.live)
ORDER BY v.id, s.position LIMIT 60;
