-- name: count_attempt
-- One more attempt in this window; answers how many that makes.
INSERT INTO attempt (key, window_start) VALUES (:key, :window_start)
ON CONFLICT (key, window_start) DO UPDATE SET count = attempt.count + 1
RETURNING count;

-- name: forget_attempts
-- Windows that are over.
DELETE FROM attempt WHERE window_start < :before;
