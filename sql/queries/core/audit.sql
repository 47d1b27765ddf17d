-- name: unsealed_events
-- The next events behind the last sealed one, as their hashes.
SELECT e.id, e.at, event_hash(e) AS hash
FROM event e
WHERE e.id > coalesce((SELECT max(last) FROM event_seal), 0)
ORDER BY e.id LIMIT :most;

-- name: sealed_events
-- The events that lie where a seal is, as their hashes.
SELECT e.id, e.at, event_hash(e) AS hash FROM event e
WHERE e.id BETWEEN :first AND :last ORDER BY e.id;

-- name: next_seal
-- The first seal behind an id.
SELECT id, first, last, lines, hash, sealed_at FROM event_seal WHERE id > :after
ORDER BY id LIMIT 1;

-- name: last_seal
-- The newest seal: what it says, it says of all before it.
SELECT id, first, last, lines, hash, sealed_at FROM event_seal ORDER BY id DESC LIMIT 1;

-- name: insert_seal
-- Seal a batch.
INSERT INTO event_seal (first, last, lines, hash, sealed_at)
VALUES (:first, :last, :lines, :hash, :now);

-- name: is_hash_of_seal
-- Whether some seal has this hash.
SELECT EXISTS (SELECT FROM event_seal WHERE hash = :hash);
