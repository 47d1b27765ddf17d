-- name: stands_of_persons
-- What shows whether something about a provider has changed: her row's version, the time that she has
-- given away; and whether she can be written to.
SELECT p.person, p.version, p.status,
       (SELECT count(*) FROM slot s WHERE s.person = p.person AND s.live AND upper(s.during) > :now)
           AS slots,
       (SELECT max(s.id) FROM slot s WHERE s.person = p.person AND s.live AND upper(s.during) > :now)
           AS newest,
       EXISTS (SELECT FROM contact_point c WHERE c.person = p.person AND c.channel = 'email') AS by_mail
FROM provider p
WHERE p.person = ANY(:persons::bigint[])
ORDER BY p.person;
