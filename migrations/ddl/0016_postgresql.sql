CREATE FUNCTION custody_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
    RAISE EXCEPTION 'custody is kept for ever';
  END IF;
  IF OLD.returned_at IS NOT NULL THEN
    RAISE EXCEPTION 'a custody that is over is never changed';
  END IF;
  IF (NEW.id, NEW.uid, NEW.asset_id, NEW.person_id, NEW.place_id, NEW.cart_id, NEW.given_at)
     IS DISTINCT FROM
     (OLD.id, OLD.uid, OLD.asset_id, OLD.person_id, OLD.place_id, OLD.cart_id, OLD.given_at) THEN
    RAISE EXCEPTION 'who has it is never rewritten: it is handed in and out';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER custody_kept BEFORE UPDATE OR DELETE ON custody
FOR EACH ROW EXECUTE FUNCTION custody_is_kept()
-- next
CREATE TRIGGER custody_not_emptied BEFORE TRUNCATE ON custody
FOR EACH STATEMENT EXECUTE FUNCTION custody_is_kept()
-- next
CREATE FUNCTION custody_line_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
    RAISE EXCEPTION 'custody is kept for ever';
  END IF;
  IF EXISTS (SELECT 1 FROM custody WHERE id = NEW.custody_id AND returned_at IS NOT NULL) THEN
    RAISE EXCEPTION 'what went along is noted while it is out';
  END IF;
  IF TG_OP = 'UPDATE' AND (NEW.id, NEW.custody_id, NEW.name, NEW.name_key, NEW.count_out)
     IS DISTINCT FROM (OLD.id, OLD.custody_id, OLD.name, OLD.name_key, OLD.count_out) THEN
    RAISE EXCEPTION 'what went along is only counted';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER custody_line_kept BEFORE INSERT OR UPDATE OR DELETE ON custody_line
FOR EACH ROW EXECUTE FUNCTION custody_line_is_kept()
-- next
CREATE TRIGGER custody_line_not_emptied BEFORE TRUNCATE ON custody_line
FOR EACH STATEMENT EXECUTE FUNCTION custody_line_is_kept()
