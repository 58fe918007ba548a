CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$
-- next
CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only()
-- next
CREATE FUNCTION homeroom_trigrams(words text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5000 AS $$
  SELECT COALESCE(array_agg(DISTINCT substr(words, place, 3)), ARRAY[]::text[])
  FROM generate_series(1, length(words) - 2) AS place
$$
-- next
CREATE INDEX ix_asset_search_trigrams ON asset_search USING gin (homeroom_trigrams(doc))
