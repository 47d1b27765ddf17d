-- name: centre_by_slug
-- The centre of that name in URLs.
SELECT c.id, c.slug, c.name, c.street, c.place, p.postal_code, p.name AS place_name, c.phone,
       c.on_call, c.email, c.state, c.hours, c.closing_days, c.settings
FROM centre c JOIN place p ON p.id = c.place
WHERE c.slug = :slug;

-- name: centre_by_id
-- The centre with that id.
SELECT c.id, c.slug, c.name, c.street, c.place, p.postal_code, p.name AS place_name, c.phone,
       c.on_call, c.email, c.state, c.hours, c.closing_days, c.settings
FROM centre c JOIN place p ON p.id = c.place
WHERE c.id = :id;

-- name: centres
-- All centres of this installation.
SELECT c.id, c.slug, c.name, c.street, c.place, p.postal_code, p.name AS place_name, c.phone,
       c.on_call, c.email, c.state, c.hours, c.closing_days, c.settings
FROM centre c JOIN place p ON p.id = c.place
ORDER BY c.name, c.id;

-- name: insert_centre
-- A new centre.
INSERT INTO centre (slug, name, street, place, phone, on_call, email, state, hours, closing_days,
                    settings)
VALUES (:slug, :name, :street, :place, :phone, :on_call, :email, :state, :hours, :closing_days,
        :settings)
RETURNING id;

-- name: insert_area
-- Places which a centre serves.
INSERT INTO centre_area (centre, place)
SELECT :centre, unnest(:places::bigint[])
ON CONFLICT DO NOTHING;

-- name: update_settings
-- What a centre has set.
UPDATE centre SET settings = :settings WHERE id = :id;

-- name: places_of_districts
-- The places of some districts.
SELECT id FROM place WHERE district = ANY(:districts::text[]) ORDER BY id;

-- name: known_districts
-- The districts in which places lie.
SELECT DISTINCT district FROM place ORDER BY district LIMIT 500;
