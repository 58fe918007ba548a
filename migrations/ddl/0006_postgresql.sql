CREATE FUNCTION device_command_is_guarded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('verified', 'failed', 'expired', 'rejected', 'cancelled') AND NEW.state <> OLD.state THEN
    RAISE EXCEPTION 'an ended command stays ended';
  END IF;
  IF NEW.state = 'dispatching' AND OLD.state <> 'ready' THEN
    RAISE EXCEPTION 'only what is ready is sent';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER device_command_guard BEFORE UPDATE OF state ON device_command
FOR EACH ROW EXECUTE FUNCTION device_command_is_guarded()
-- next
CREATE FUNCTION homeroom_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is kept as it was written'; END $$
-- next
CREATE TRIGGER device_command_no_delete BEFORE DELETE OR TRUNCATE ON device_command
FOR EACH STATEMENT EXECUTE FUNCTION homeroom_is_kept()
-- next
CREATE TRIGGER command_approval_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON command_approval
FOR EACH STATEMENT EXECUTE FUNCTION homeroom_is_kept()
-- next
CREATE TRIGGER command_send_no_delete BEFORE DELETE OR TRUNCATE ON command_send
FOR EACH STATEMENT EXECUTE FUNCTION homeroom_is_kept()
-- next
CREATE TRIGGER command_pin_no_delete BEFORE DELETE OR TRUNCATE ON command_pin
FOR EACH STATEMENT EXECUTE FUNCTION homeroom_is_kept()
-- next
CREATE FUNCTION command_pin_is_only_sealed_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.uid, NEW.command_id, NEW.asset_id, NEW.source, NEW.at)
     IS DISTINCT FROM (OLD.id, OLD.uid, OLD.command_id, OLD.asset_id, OLD.source, OLD.at) THEN
    RAISE EXCEPTION 'a PIN is never overwritten';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER command_pin_seal BEFORE UPDATE ON command_pin
FOR EACH ROW EXECUTE FUNCTION command_pin_is_only_sealed_anew()
