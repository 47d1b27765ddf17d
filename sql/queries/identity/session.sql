-- name: insert_session
-- A new session, kept by the hash of its token.
INSERT INTO session (token_hash, person, centre, device, proof, created_at, proved_at, seen_at,
                     expires_at)
VALUES (:token_hash, :person, :centre, :device, :proof, :now, :now, :now, :expires_at)
RETURNING id;

-- name: session_by_hash
-- The session behind a token, unless it is over or its person was erased.
SELECT s.id, s.public_id, s.person, s.centre, s.device, s.proof, s.created_at, s.proved_at,
       s.seen_at, s.expires_at, p.locale
FROM session s JOIN person p ON p.id = s.person
WHERE s.token_hash = :token_hash AND s.expires_at > :now AND p.erased_at IS NULL;

-- name: sessions_of
-- Where somebody is signed in, latest used first.
SELECT id, public_id, person, centre, device, proof, created_at, proved_at, seen_at, expires_at
FROM session WHERE person = :person AND expires_at > :now
ORDER BY seen_at DESC, id DESC;

-- name: touch_session
-- A session is still used.
UPDATE session SET seen_at = :now WHERE id = :id AND seen_at < :before;

-- name: move_session
-- A session looks at another centre.
UPDATE session SET centre = :centre WHERE id = :id AND person = :person;

-- name: end_session
-- A session of this person ends.
DELETE FROM session WHERE public_id = :public_id AND person = :person
RETURNING id;

-- name: end_sessions
-- All sessions of a person end, but for one.
DELETE FROM session WHERE person = :person AND id IS DISTINCT FROM :but::bigint;

-- name: forget_sessions
-- Sessions that are over.
DELETE FROM session WHERE expires_at < :now;

-- name: drop_session
-- The session of a token ends.
DELETE FROM session WHERE token_hash = :token_hash
RETURNING id;
