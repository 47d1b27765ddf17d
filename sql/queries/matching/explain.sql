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

-- name: slots_held_for
-- The time that a person's live offers of a request hold: for these very seats, so not against them.
SELECT os.slot
FROM care_request r
JOIN offer o ON o.request = r.id AND o.person = :person
JOIN offer_seat os ON os.offer = o.id AND os.live
WHERE r.public_id = :request AND os.slot IS NOT NULL
ORDER BY os.slot;
