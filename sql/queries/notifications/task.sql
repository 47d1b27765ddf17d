-- name: insert_task
-- A task, or the open one about the same thing, due at the earlier of both times.
INSERT INTO task (centre, kind, subject, person, due_at, created_at)
VALUES (:centre, :kind, :subject, :person, :due_at, :now)
ON CONFLICT (kind, subject) WHERE state = 'open'
DO UPDATE SET due_at = least(task.due_at, excluded.due_at)
RETURNING id;

-- name: end_task
-- End the open task about a thing.
UPDATE task SET state = :state, outcome = :outcome, done_by = :person, done_at = :now
WHERE kind = :kind AND subject = :subject AND state = 'open';

-- name: reopen_task
-- Put a finished task back on the board.
UPDATE task SET state = 'open', outcome = NULL, done_by = NULL, done_at = NULL
WHERE id = :id AND state = 'done'
RETURNING id;

-- name: claim_task
-- Note who takes care of an open task.
UPDATE task SET claimed_by = :person
WHERE id = :id AND state = 'open'
RETURNING id;

-- name: open_tasks
-- A centre's board, by when things are due.
SELECT id, public_id, centre, kind, subject, person, due_at, state, claimed_by, outcome, created_at
FROM task
WHERE centre = :centre AND state = 'open'
ORDER BY due_at, id
LIMIT :limit;

-- name: task_by_public_id
-- One task in whatever state.
SELECT id, public_id, centre, kind, subject, person, due_at, state, claimed_by, outcome, created_at
FROM task
WHERE public_id = :public_id;
