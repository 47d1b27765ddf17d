-- name: places_by_code
-- Places whose postal code lies between two, both included; of one code the town comes first.
SELECT id, postal_code, name, municipality, district, state, lat, lon
FROM place WHERE postal_code >= :low AND postal_code <= :high
ORDER BY postal_code, starts_with(municipality, name) DESC, name
LIMIT :most;

-- name: places_by_name
-- Places whose search key begins with a text; the shortest names first.
SELECT id, postal_code, name, municipality, district, state, lat, lon
FROM place WHERE search_key ~>=~ :low AND search_key ~<~ :high
ORDER BY length(search_key), name, postal_code
LIMIT :most;

-- name: places_by_code_and_name
-- Places of one postal code whose search key begins with a text.
SELECT id, postal_code, name, municipality, district, state, lat, lon
FROM place WHERE postal_code = :postal_code AND search_key ~>=~ :low AND search_key ~<~ :high
ORDER BY length(search_key), name
LIMIT :most;

-- name: place_by_id
-- One place.
SELECT id, postal_code, name, municipality, district, state, lat, lon
FROM place WHERE id = :id;

-- name: places_by_id
-- Several places.
SELECT id, postal_code, name, municipality, district, state, lat, lon
FROM place WHERE id = ANY (:ids::bigint[])
ORDER BY id;

-- name: count_places
-- How many places there are.
SELECT count(*) FROM place;

-- name: store_places
-- Take a batch of places: new ones are added, changed ones changed, the same left alone. A file
-- without municipalities (a place stands as its own) leaves those that are known.
WITH given AS (
    SELECT * FROM unnest(
        :postal_codes::text[], :names::text[], :municipalities::text[], :districts::text[],
        :states::text[], :lats::double precision[], :lons::double precision[],
        :search_keys::text[]
    ) AS given (postal_code, name, municipality, district, state, lat, lon, search_key)
), stored AS (
    INSERT INTO place AS kept (postal_code, name, municipality, district, state, lat, lon,
                               search_key)
    SELECT g.postal_code, g.name,
           CASE WHEN g.municipality = g.name THEN coalesce(p.municipality, g.name)
                ELSE g.municipality END,
           g.district, g.state, g.lat, g.lon, g.search_key
    FROM given g LEFT JOIN place p ON p.postal_code = g.postal_code AND p.name = g.name
    ON CONFLICT ON CONSTRAINT place_once DO UPDATE
    SET municipality = EXCLUDED.municipality, district = EXCLUDED.district,
        state = EXCLUDED.state, lat = EXCLUDED.lat, lon = EXCLUDED.lon,
        search_key = EXCLUDED.search_key
    WHERE (kept.municipality, kept.district, kept.state, kept.lat, kept.lon, kept.search_key)
        IS DISTINCT FROM (EXCLUDED.municipality, EXCLUDED.district, EXCLUDED.state, EXCLUDED.lat,
                          EXCLUDED.lon, EXCLUDED.search_key)
    RETURNING xmax = 0 AS added
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed
FROM stored;
