CREATE TRIGGER holding_answer_stays BEFORE UPDATE ON holding_answer
BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END
-- next
CREATE TRIGGER holding_answer_no_delete BEFORE DELETE ON holding_answer
BEGIN SELECT RAISE(ABORT, 'an answer is never deleted'); END
-- next
CREATE TRIGGER holding_answer_no_replace BEFORE INSERT ON holding_answer
WHEN EXISTS (SELECT 1 FROM holding_answer WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: holding_answer.id'); END
