-- name: unconfirmed_over
-- Requests that nobody confirmed in time: too long ago, or the first visit has begun.
SELECT r.id, r.version, r.centre
FROM care_request r
JOIN centre c ON c.id = r.centre
WHERE r.state = 'unconfirmed'
  AND (r.created_at <= :now::timestamptz - make_interval(
           hours => coalesce((c.settings ->> 'confirm_hours')::integer, :confirm_hours))
       OR (SELECT min(lower(v.during)) FROM visit v WHERE v.request = r.id) <= :now)
ORDER BY r.id LIMIT 500
FOR NO KEY UPDATE OF r SKIP LOCKED;

-- name: unconfirmed_urgent
-- Urgent requests that nobody confirmed for some minutes and that are no call yet.
SELECT r.id, r.version, r.centre, r.asked_by
FROM care_request r
JOIN centre c ON c.id = r.centre
WHERE r.state = 'unconfirmed' AND r.priority = 'urgent'
  AND r.created_at <= :now::timestamptz - make_interval(
          mins => coalesce((c.settings ->> 'confirm_call_minutes')::integer, :call_minutes))
  AND NOT EXISTS (SELECT FROM task t WHERE t.kind = 'confirm' AND t.subject = r.id)
ORDER BY r.id LIMIT 500
FOR NO KEY UPDATE OF r SKIP LOCKED;

-- name: open_over
-- Open requests whose visits are all over.
SELECT r.id, r.version, r.centre
FROM care_request r
WHERE r.state = 'open'
  AND NOT EXISTS (SELECT FROM visit v WHERE v.request = r.id AND upper(v.during) > :now)
ORDER BY r.id LIMIT 500
FOR NO KEY UPDATE OF r SKIP LOCKED;

-- name: wake_matching
-- Tell the matching run that something urgent is there.
SELECT pg_notify('matching', 'urgent');
