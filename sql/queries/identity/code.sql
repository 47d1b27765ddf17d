-- name: insert_browser
-- A browser asks for a code.
INSERT INTO sign_in_code (browser, expires_at) VALUES (:browser, :expires_at);

-- name: bind_link
-- The link whose code may be typed in that browser.
UPDATE sign_in_code SET link = :link WHERE browser = :browser;

-- name: has_code
-- Whether a browser waits for the code of a link.
SELECT 1 AS waits FROM sign_in_code WHERE link = :link AND expires_at > :now LIMIT 1;

-- name: try_code
-- Count one try in a browser, and find the link whose code it may be.
UPDATE sign_in_code SET tries = tries + 1
WHERE browser = :browser AND tries < :most AND expires_at > :now
RETURNING link;

-- name: forget_browsers
-- Browsers that asked for a code long ago.
DELETE FROM sign_in_code WHERE expires_at < :now;
