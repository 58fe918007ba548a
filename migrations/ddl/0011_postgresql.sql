CREATE OR REPLACE FUNCTION command_pin_is_only_sealed_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.uid, NEW.command_id, NEW.asset_id, NEW.device_key, NEW.source, NEW.at)
     IS DISTINCT FROM
     (OLD.id, OLD.uid, OLD.command_id, OLD.asset_id, OLD.device_key, OLD.source, OLD.at)
     OR NEW.sealed_pin !~ '^v1[.][^.]+[.][^.]+[.][^.]+$'
     OR split_part(NEW.sealed_pin, '.', 2) = split_part(OLD.sealed_pin, '.', 2) THEN
    RAISE EXCEPTION 'a PIN is never overwritten, only sealed anew under another key';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE FUNCTION command_send_is_only_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.answer <> '' OR (NEW.id, NEW.command_id, NEW.attempt, NEW.at, NEW.requester,
     NEW.device_key, NEW.action, NEW.destructive, NEW.break_glass, NEW.lease_token)
     IS DISTINCT FROM (OLD.id, OLD.command_id, OLD.attempt, OLD.at, OLD.requester,
     OLD.device_key, OLD.action, OLD.destructive, OLD.break_glass, OLD.lease_token) THEN
    RAISE EXCEPTION 'what was sent stays written, and is answered once';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER command_send_only_answered BEFORE UPDATE ON command_send
FOR EACH ROW EXECUTE FUNCTION command_send_is_only_answered()
