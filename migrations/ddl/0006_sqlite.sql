CREATE TRIGGER device_command_stays_ended BEFORE UPDATE OF state ON device_command
WHEN OLD.state IN ('verified', 'failed', 'expired', 'rejected', 'cancelled') AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'an ended command stays ended'); END
-- next
CREATE TRIGGER device_command_is_ready_first BEFORE UPDATE OF state ON device_command
WHEN NEW.state = 'dispatching' AND OLD.state <> 'ready'
BEGIN SELECT RAISE(ABORT, 'only what is ready is sent'); END
-- next
CREATE TRIGGER device_command_no_delete BEFORE DELETE ON device_command
BEGIN SELECT RAISE(ABORT, 'commands are kept'); END
-- next
CREATE TRIGGER command_approval_no_update BEFORE UPDATE ON command_approval
BEGIN SELECT RAISE(ABORT, 'an approval is never changed'); END
-- next
CREATE TRIGGER command_approval_no_delete BEFORE DELETE ON command_approval
BEGIN SELECT RAISE(ABORT, 'an approval is never changed'); END
-- next
CREATE TRIGGER command_send_no_delete BEFORE DELETE ON command_send
BEGIN SELECT RAISE(ABORT, 'what was sent stays written'); END
-- next
CREATE TRIGGER command_pin_only_sealed_anew BEFORE UPDATE ON command_pin
WHEN NEW.id <> OLD.id OR NEW.uid <> OLD.uid OR NEW.command_id <> OLD.command_id
  OR NEW.asset_id <> OLD.asset_id OR NEW.source <> OLD.source OR NEW.at <> OLD.at
BEGIN SELECT RAISE(ABORT, 'a PIN is never overwritten'); END
-- next
CREATE TRIGGER command_pin_no_delete BEFORE DELETE ON command_pin
BEGIN SELECT RAISE(ABORT, 'a PIN is never deleted'); END
