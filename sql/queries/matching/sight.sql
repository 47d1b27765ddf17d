-- name: changes_of_everybody
-- How many transactions from this one on have changed each provider (0: everybody).
SELECT person, count(*) AS changes FROM provider_change WHERE transaction >= :since GROUP BY person;

-- name: stand_of_person
-- The same for one provider, what changed everybody included; and whether she can be written to.
SELECT (SELECT count(*) FROM provider_change c
        WHERE c.person IN (:person, 0) AND c.transaction >= :since) AS changes,
       EXISTS (SELECT FROM contact_point c WHERE c.person = :person AND c.channel = 'email') AS by_mail;
