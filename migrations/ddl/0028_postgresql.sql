CREATE FUNCTION holding_answer_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an answer is never changed or deleted';
END $$
-- next
CREATE TRIGGER holding_answer_kept BEFORE UPDATE OR DELETE ON holding_answer
FOR EACH ROW EXECUTE FUNCTION holding_answer_is_kept()
-- next
CREATE TRIGGER holding_answer_not_emptied BEFORE TRUNCATE ON holding_answer
FOR EACH STATEMENT EXECUTE FUNCTION holding_answer_is_kept()
