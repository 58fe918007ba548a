CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END
-- next
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END
-- next
CREATE VIRTUAL TABLE asset_search_fts
USING fts5(doc, content='asset_search', content_rowid='asset_id', tokenize='trigram')
-- next
CREATE TRIGGER asset_search_inserted AFTER INSERT ON asset_search
BEGIN INSERT INTO asset_search_fts(rowid, doc) VALUES (new.asset_id, new.doc); END
-- next
CREATE TRIGGER asset_search_deleted AFTER DELETE ON asset_search
BEGIN
  INSERT INTO asset_search_fts(asset_search_fts, rowid, doc)
  VALUES ('delete', old.asset_id, old.doc);
END
-- next
CREATE TRIGGER asset_search_updated AFTER UPDATE ON asset_search
BEGIN
  INSERT INTO asset_search_fts(asset_search_fts, rowid, doc)
  VALUES ('delete', old.asset_id, old.doc);
  INSERT INTO asset_search_fts(rowid, doc) VALUES (new.asset_id, new.doc);
END
