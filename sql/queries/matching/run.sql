-- name: fail_dead_runs
-- A run whose process died frees its place.
UPDATE run SET state = 'failed', finished_at = :now
WHERE state = 'running' AND lease_until < :now;

-- name: wake_runs
-- Some process begins a run at once.
SELECT pg_notify('matching', 'urgent');

-- name: begin_run
-- Take the one place of a running run, if it is free.
INSERT INTO run (trigger, token, lease_until, started_at)
VALUES (:trigger, :token, :lease_until, :now)
ON CONFLICT ((true)) WHERE state = 'running' DO NOTHING
RETURNING id;

-- name: hold_run
-- Still ours? Then the lease goes on (I10).
UPDATE run SET lease_until = :lease_until
WHERE id = :id AND token = :token AND state = 'running'
RETURNING id;

-- name: is_ours
-- Still ours? Nobody takes the run over before this transaction ends (I10); several may ask at once.
SELECT id FROM run WHERE id = :id AND token = :token AND state = 'running' FOR SHARE;

-- name: finish_run
-- What the run saw and did.
UPDATE run SET state = :state, finished_at = :now, visits = :visits, providers = :providers,
    planned = :planned, offered = :offered, solve_ms = :solve_ms, certificate = :certificate,
    prices = :prices
WHERE id = :id AND token = :token AND state = 'running';

-- name: last_prices
-- The prices of the newest finished run, for a warm start.
SELECT prices FROM run WHERE state = 'done' AND prices IS NOT NULL ORDER BY started_at DESC LIMIT 1;

-- name: forget_prices
-- Only the newest prices begin a run.
UPDATE run SET prices = NULL WHERE id < :id AND prices IS NOT NULL;

-- name: insert_run_visit
-- What the run found for a visit.
INSERT INTO run_visit (centre, run, visit, outcome, eligible, funnel, candidates)
VALUES (:centre, :run, :visit, :outcome, :eligible, :funnel, :candidates);

-- name: runs
-- The newest runs, page by page.
SELECT id, trigger, state, started_at, finished_at, visits, providers, planned, offered, solve_ms,
       certificate
FROM run WHERE id < :before ORDER BY id DESC LIMIT :most;

-- name: run_by_id
-- One run.
SELECT id, trigger, state, started_at, finished_at, visits, providers, planned, offered, solve_ms,
       certificate
FROM run WHERE id = :id;

-- name: run_visits
-- What a run found, visit by visit.
SELECT rv.visit, v.public_id, r.public_id AS request_public_id, lower(v.during) AS starts_at,
       upper(v.during) AS ends_at, p.name AS place, rv.outcome, rv.eligible, rv.funnel,
       rv.candidates
FROM run_visit rv
JOIN visit v ON v.id = rv.visit
JOIN care_request r ON r.id = v.request
JOIN place p ON p.id = v.start_place
WHERE rv.run = :run
ORDER BY rv.outcome DESC, v.during, rv.visit;

-- name: last_findings
-- What the newest run found for each of some visits.
SELECT DISTINCT ON (visit) visit, run, outcome, eligible, funnel, candidates
FROM run_visit WHERE visit = ANY(:visits::bigint[]) ORDER BY visit, run DESC;

-- name: forget_runs
-- Runs older than anybody asks about.
DELETE FROM run WHERE started_at < :before AND state <> 'running'
  AND NOT EXISTS (SELECT FROM offer o WHERE o.run = run.id);
