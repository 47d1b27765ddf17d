-- name: claim_key
-- Take a key for this actor; waits for another transaction that is taking it.
INSERT INTO idempotency (actor, key, body_hash, answer, created_at)
VALUES (:who, :key, :body_hash, '{}', :now)
ON CONFLICT ON CONSTRAINT idempotency_once DO NOTHING
RETURNING true;

-- name: keep_answer
-- What was answered under a key.
UPDATE idempotency SET answer = :answer WHERE actor = :who AND key = :key;

-- name: answer_of
-- What was answered before under a key, and to which body.
SELECT body_hash, answer FROM idempotency WHERE actor = :who AND key = :key;

-- name: forget_keys
-- Keys older than their use.
DELETE FROM idempotency WHERE created_at < :before;
