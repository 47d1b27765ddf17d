-- name: claim_slot
-- The slot is ours if nobody had it (I9).
INSERT INTO job_slot (job, slot, claimed_at) VALUES (:job, :slot, :now)
ON CONFLICT ON CONSTRAINT job_slot_once DO NOTHING
RETURNING true;

-- name: finish_slot
-- A claimed slot has ended, well or with an error's name.
UPDATE job_slot SET finished_at = :now, error = :error WHERE job = :job AND slot = :slot;

-- name: last_ticks
-- When each job last began.
SELECT job, max(claimed_at) AS claimed_at FROM job_slot GROUP BY job;

-- name: forget_slots
-- Slots that nobody asks about any more.
DELETE FROM job_slot WHERE slot < :before;
