-- What has changed about one person since a run has read the world, asked once for each offer.
CREATE INDEX provider_change_person ON provider_change (person, transaction);
