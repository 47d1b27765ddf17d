-- name: events
-- A page of what happened at a centre, newest first, behind one event; by whom, for whom, why.
SELECT e.id, e.at, e.kind, e.subject, e.data ->> 'reason' AS reason,
       a.given_name || ' ' || a.family_name AS actor_name,
       o.given_name || ' ' || o.family_name AS on_behalf_name,
       r.public_id AS request, p.public_id AS provider
FROM event e
LEFT JOIN person a ON a.id = e.actor
LEFT JOIN person o ON o.id = e.on_behalf_of
LEFT JOIN care_request r ON e.kind LIKE 'request.%' AND r.id = e.subject
LEFT JOIN provider p ON e.kind LIKE 'provider.%' AND p.person = e.subject
WHERE e.centre = :centre AND e.at >= :since AND e.at < :until
  AND (e.at, e.id) < (:before_at::timestamptz, :before_id::bigint)
  AND (:thing = '' OR split_part(e.kind, '.', 1) = :thing)
  AND (NOT :looks OR split_part(e.kind, '.', 2) = 'viewed')
  AND NOT EXISTS (SELECT FROM unnest(:words::text[]) word
                  WHERE strpos(' ' || coalesce(a.search_key, ''), ' ' || word) = 0)
ORDER BY e.at DESC, e.id DESC LIMIT :most;

-- name: event_at
-- When an event of a centre was.
SELECT at FROM event WHERE centre = :centre AND id = :id;
