from django.db import migrations

FORWARD = """
CREATE TRIGGER scan_is_never_truncated BEFORE TRUNCATE ON ledger_scanlog
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_scan_is_never_truncated();
ALTER TABLE ledger_scanlog ENABLE ALWAYS TRIGGER scan_is_never_truncated;
"""

FUNCTION = """
CREATE FUNCTION ledger_scan_is_never_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'scans are kept: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'scan_is_answered_once';
END $$;
"""

BACKWARD = """
DROP TRIGGER scan_is_never_truncated ON ledger_scanlog;
DROP FUNCTION ledger_scan_is_never_truncated();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_events_are_append_only")]
    operations = [migrations.RunSQL(FUNCTION + FORWARD, BACKWARD)]
