CREATE TRIGGER agreement_version_stays BEFORE UPDATE ON agreement_version
WHEN OLD.withdrawn_at IS NOT NULL
  OR (NEW.id, NEW.agreement_id, NEW.number, NEW.text_en, NEW.text_es, NEW.sha256_en,
      NEW.sha256_es, NEW.published_at, NEW.published_by)
  IS NOT (OLD.id, OLD.agreement_id, OLD.number, OLD.text_en, OLD.text_es, OLD.sha256_en,
      OLD.sha256_es, OLD.published_at, OLD.published_by)
BEGIN SELECT RAISE(ABORT, 'a published text is never changed'); END
-- next
CREATE TRIGGER agreement_version_no_delete BEFORE DELETE ON agreement_version
BEGIN SELECT RAISE(ABORT, 'a published text is never deleted'); END
-- next
CREATE TRIGGER agreement_version_no_replace BEFORE INSERT ON agreement_version
WHEN EXISTS (SELECT 1 FROM agreement_version WHERE id = NEW.id
  OR agreement_id = NEW.agreement_id AND number = NEW.number
  OR agreement_id = NEW.agreement_id AND withdrawn_at IS NULL AND NEW.withdrawn_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: agreement_version.agreement_id'); END
-- next
CREATE TRIGGER agreement_acceptance_stays BEFORE UPDATE ON agreement_acceptance
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
  OR NEW.signed_name <> '' OR NEW.strokes <> '' OR NEW.signed_from <> ''
  OR (NEW.id, NEW.uid, NEW.agreement_id, NEW.version_id, NEW.person_id, NEW.custody_id,
      NEW.school_year, NEW.outcome, NEW.how, NEW.text_sha256, NEW.signed_at, NEW.pdf_sha256)
  IS NOT (OLD.id, OLD.uid, OLD.agreement_id, OLD.version_id, OLD.person_id, OLD.custody_id,
      OLD.school_year, OLD.outcome, OLD.how, OLD.text_sha256, OLD.signed_at, OLD.pdf_sha256)
BEGIN SELECT RAISE(ABORT, 'what was signed is never changed, only forgotten'); END
-- next
CREATE TRIGGER agreement_acceptance_no_delete BEFORE DELETE ON agreement_acceptance
BEGIN SELECT RAISE(ABORT, 'what was signed is never deleted'); END
-- next
CREATE TRIGGER agreement_acceptance_no_replace BEFORE INSERT ON agreement_acceptance
WHEN EXISTS (SELECT 1 FROM agreement_acceptance WHERE id = NEW.id OR uid = NEW.uid
  OR custody_id = NEW.custody_id AND agreement_id = NEW.agreement_id
    AND outcome = 'accepted' AND NEW.outcome = 'accepted'
  OR person_id = NEW.person_id AND version_id = NEW.version_id
    AND school_year = NEW.school_year AND custody_id IS NULL AND NEW.custody_id IS NULL
    AND outcome = 'accepted' AND NEW.outcome = 'accepted')
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: agreement_acceptance'); END
