CREATE TRIGGER custody_closed_stays BEFORE UPDATE ON custody
WHEN OLD.returned_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a custody that is over is never changed'); END
-- next
CREATE TRIGGER custody_who_stays BEFORE UPDATE ON custody
WHEN (NEW.id, NEW.uid, NEW.asset_id, NEW.person_id, NEW.place_id, NEW.cart_id, NEW.given_at)
  IS NOT (OLD.id, OLD.uid, OLD.asset_id, OLD.person_id, OLD.place_id, OLD.cart_id, OLD.given_at)
BEGIN SELECT RAISE(ABORT, 'who has it is never rewritten: it is handed in and out'); END
-- next
CREATE TRIGGER custody_no_delete BEFORE DELETE ON custody
BEGIN SELECT RAISE(ABORT, 'custody is kept for ever'); END
-- next
CREATE TRIGGER custody_no_replace BEFORE INSERT ON custody
WHEN EXISTS (SELECT 1 FROM custody WHERE id = NEW.id OR uid = NEW.uid
  OR instead_of_id = NEW.instead_of_id
  OR asset_id = NEW.asset_id AND returned_at IS NULL AND NEW.returned_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: custody.asset_id'); END
-- next
CREATE TRIGGER custody_line_added BEFORE INSERT ON custody_line
WHEN (SELECT returned_at FROM custody WHERE id = NEW.custody_id) IS NOT NULL
  OR EXISTS (SELECT 1 FROM custody_line WHERE id = NEW.id
    OR custody_id = NEW.custody_id AND name_key = NEW.name_key)
BEGIN SELECT RAISE(ABORT, 'what went along is noted once, while it is out'); END
-- next
CREATE TRIGGER custody_line_counted_once BEFORE UPDATE ON custody_line
WHEN (SELECT returned_at FROM custody WHERE id = OLD.custody_id) IS NOT NULL
  OR (NEW.id, NEW.custody_id, NEW.name, NEW.name_key, NEW.count_out)
  IS NOT (OLD.id, OLD.custody_id, OLD.name, OLD.name_key, OLD.count_out)
BEGIN SELECT RAISE(ABORT, 'what went along is only counted, while it is out'); END
-- next
CREATE TRIGGER custody_line_no_delete BEFORE DELETE ON custody_line
BEGIN SELECT RAISE(ABORT, 'custody is kept for ever'); END
