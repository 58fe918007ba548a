DROP TRIGGER command_pin_only_sealed_anew
-- next
CREATE TRIGGER command_pin_only_sealed_anew BEFORE UPDATE ON command_pin
WHEN (NEW.id, NEW.uid, NEW.command_id, NEW.asset_id, NEW.device_key, NEW.source, NEW.at)
  IS NOT (OLD.id, OLD.uid, OLD.command_id, OLD.asset_id, OLD.device_key, OLD.source, OLD.at)
  OR NEW.sealed_pin NOT GLOB 'v1.*.*.*'
  OR substr(NEW.sealed_pin, 4, instr(substr(NEW.sealed_pin, 4), '.'))
   = substr(OLD.sealed_pin, 4, instr(substr(OLD.sealed_pin, 4), '.'))
BEGIN SELECT RAISE(ABORT, 'a PIN is never overwritten, only sealed anew under another key'); END
-- next
CREATE TRIGGER command_send_only_answered BEFORE UPDATE ON command_send
WHEN OLD.answer <> '' OR (NEW.id, NEW.command_id, NEW.attempt, NEW.at, NEW.requester,
  NEW.device_key, NEW.action, NEW.destructive, NEW.break_glass, NEW.lease_token)
  IS NOT (OLD.id, OLD.command_id, OLD.attempt, OLD.at, OLD.requester,
  OLD.device_key, OLD.action, OLD.destructive, OLD.break_glass, OLD.lease_token)
BEGIN SELECT RAISE(ABORT, 'what was sent stays written, and is answered once'); END
-- next
CREATE TRIGGER command_pin_no_replace BEFORE INSERT ON command_pin
WHEN EXISTS (SELECT 1 FROM command_pin WHERE id = NEW.id OR uid = NEW.uid)
BEGIN SELECT RAISE(ABORT, 'a PIN is never replaced: it is unique'); END
-- next
CREATE TRIGGER command_send_no_replace BEFORE INSERT ON command_send
WHEN EXISTS (SELECT 1 FROM command_send WHERE id = NEW.id OR lease_token = NEW.lease_token)
BEGIN SELECT RAISE(ABORT, 'what was sent is never replaced: it is unique'); END
-- next
CREATE TRIGGER command_approval_no_replace BEFORE INSERT ON command_approval
WHEN EXISTS (SELECT 1 FROM command_approval WHERE id = NEW.id
  OR command_id = NEW.command_id AND approver_id = NEW.approver_id
  OR batch_id = NEW.batch_id AND approver_id = NEW.approver_id)
BEGIN SELECT RAISE(ABORT, 'an approval is never replaced: it is unique'); END
-- next
CREATE TRIGGER device_command_no_replace BEFORE INSERT ON device_command
WHEN EXISTS (SELECT 1 FROM device_command WHERE id = NEW.id OR uid = NEW.uid)
BEGIN SELECT RAISE(ABORT, 'a command is never replaced: it is unique'); END
-- next
CREATE TRIGGER audit_event_no_replace BEFORE INSERT ON audit_event
WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'audit_event is append-only: an event is unique'); END
