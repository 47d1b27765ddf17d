-- name: insert_key
-- A new key of a centre.
INSERT INTO api_key (centre, hash, name, scopes, made_by, created_at, expires_at)
VALUES (:centre, :hash, :name, :scopes, :made_by, :now, :expires_at)
RETURNING id;

-- name: keys_of_centre
-- Every key that a centre ever had, those that still work first.
SELECT public_id, name, scopes, created_at, used_at, ended_at,
       (expires_at AT TIME ZONE 'Europe/Berlin')::date - 1 AS until,
       ended_at IS NULL AND expires_at > :now AS works
FROM api_key WHERE centre = :centre
ORDER BY works DESC, created_at DESC, id DESC;

-- name: key_by_hash
-- The key that a program shows, while it works.
SELECT id, centre, scopes, used_at FROM api_key
WHERE hash = :hash AND ended_at IS NULL AND expires_at > :now;

-- name: touch_key
-- It was used.
UPDATE api_key SET used_at = :now WHERE id = :id;

-- name: end_key
-- It works no more.
UPDATE api_key SET ended_at = :now WHERE public_id = :public_id AND ended_at IS NULL
RETURNING id;
