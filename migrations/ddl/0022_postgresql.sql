CREATE FUNCTION agreement_version_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR OLD.withdrawn_at IS NOT NULL
    OR (NEW.id, NEW.agreement_id, NEW.number, NEW.text_en, NEW.text_es, NEW.sha256_en,
        NEW.sha256_es, NEW.published_at, NEW.published_by)
    IS DISTINCT FROM (OLD.id, OLD.agreement_id, OLD.number, OLD.text_en, OLD.text_es,
        OLD.sha256_en, OLD.sha256_es, OLD.published_at, OLD.published_by) THEN
    RAISE EXCEPTION 'a published text is never changed';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER agreement_version_kept BEFORE UPDATE OR DELETE ON agreement_version
FOR EACH ROW EXECUTE FUNCTION agreement_version_is_kept()
-- next
CREATE TRIGGER agreement_version_not_emptied BEFORE TRUNCATE ON agreement_version
FOR EACH STATEMENT EXECUTE FUNCTION agreement_version_is_kept()
-- next
CREATE FUNCTION agreement_acceptance_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' OR OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
    OR NEW.signed_name <> '' OR NEW.strokes <> '' OR NEW.signed_from <> ''
    OR (NEW.id, NEW.uid, NEW.agreement_id, NEW.version_id, NEW.person_id, NEW.custody_id,
        NEW.school_year, NEW.outcome, NEW.how, NEW.text_sha256, NEW.signed_at, NEW.pdf_sha256)
    IS DISTINCT FROM (OLD.id, OLD.uid, OLD.agreement_id, OLD.version_id, OLD.person_id,
        OLD.custody_id, OLD.school_year, OLD.outcome, OLD.how, OLD.text_sha256, OLD.signed_at,
        OLD.pdf_sha256) THEN
    RAISE EXCEPTION 'what was signed is never changed, only forgotten';
  END IF;
  RETURN NEW;
END $$
-- next
CREATE TRIGGER agreement_acceptance_kept BEFORE UPDATE OR DELETE ON agreement_acceptance
FOR EACH ROW EXECUTE FUNCTION agreement_acceptance_is_kept()
-- next
CREATE TRIGGER agreement_acceptance_not_emptied BEFORE TRUNCATE ON agreement_acceptance
FOR EACH STATEMENT EXECUTE FUNCTION agreement_acceptance_is_kept()
