-- name: next_link_id
-- The id of a link to come; its secret is made from it.
SELECT nextval(pg_get_serial_sequence('link', 'id'));

-- name: insert_link
-- Keep a link by the hash of its secret.
INSERT INTO link (id, hash, purpose, subject, person, centre, standing, created_at, expires_at)
OVERRIDING SYSTEM VALUE
VALUES (:id, :hash, :purpose, :subject, :person, :centre, :standing, :now, :expires_at);

-- name: link_by_hash
-- The link that somebody holds, whatever became of it.
SELECT id, purpose, subject, person, centre, standing, expires_at, used_at, revoked_at
FROM link WHERE hash = :hash AND purpose = :purpose;

-- name: link_for
-- The newest link of a purpose to a subject for a person.
SELECT id, purpose, subject, person, centre, standing, expires_at, used_at, revoked_at
FROM link
WHERE purpose = :purpose AND subject = :subject AND person IS NOT DISTINCT FROM :person
  AND used_at IS NULL AND revoked_at IS NULL AND expires_at > :now
ORDER BY id DESC LIMIT 1;

-- name: use_link
-- Use a once-link, once (I8).
UPDATE link SET used_at = :now
WHERE id = :id AND NOT standing AND used_at IS NULL AND revoked_at IS NULL AND expires_at > :now
RETURNING id;

-- name: revoke_links
-- End all links of a purpose to a subject.
UPDATE link SET revoked_at = :now
WHERE purpose = :purpose AND subject = :subject AND revoked_at IS NULL AND used_at IS NULL;
