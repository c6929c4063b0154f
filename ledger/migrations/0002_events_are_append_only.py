from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events are append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'events_are_append_only';
END $$;
CREATE TRIGGER event_is_append_only BEFORE UPDATE OR DELETE ON ledger_event
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER event_is_never_truncated BEFORE TRUNCATE ON ledger_event
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER event_is_append_only;
ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER event_is_never_truncated;

CREATE FUNCTION ledger_enqueue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ledger_queue (event_id) SELECT id FROM fresh;
  RETURN NULL;
END $$;
CREATE TRIGGER event_is_queued_for_sealing AFTER INSERT ON ledger_event
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_enqueue();
ALTER TABLE ledger_event ENABLE ALWAYS TRIGGER event_is_queued_for_sealing;

CREATE FUNCTION ledger_scan_is_answered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.answer IS NOT NULL
     OR (NEW.id, NEW.operator_session, NEW.seq, NEW.station, NEW.text, NEW.at, NEW.received_at)
        IS DISTINCT FROM (OLD.id, OLD.operator_session, OLD.seq, OLD.station, OLD.text, OLD.at, OLD.received_at) THEN
    RAISE EXCEPTION 'a scan keeps its text and is answered once'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'scan_is_answered_once';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER scan_is_answered_once BEFORE UPDATE OR DELETE ON ledger_scanlog
  FOR EACH ROW EXECUTE FUNCTION ledger_scan_is_answered_once();
ALTER TABLE ledger_scanlog ENABLE ALWAYS TRIGGER scan_is_answered_once;
"""

BACKWARD = """
DROP TRIGGER scan_is_answered_once ON ledger_scanlog;
DROP FUNCTION ledger_scan_is_answered_once();
DROP TRIGGER event_is_queued_for_sealing ON ledger_event;
DROP FUNCTION ledger_enqueue();
DROP TRIGGER event_is_never_truncated ON ledger_event;
DROP TRIGGER event_is_append_only ON ledger_event;
DROP FUNCTION ledger_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
