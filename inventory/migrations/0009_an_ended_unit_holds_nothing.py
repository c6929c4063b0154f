from django.db import migrations

# The share lock waits for whoever is ending the host and lets other fittings into the same host pass. What the host is
# by then is read in a statement of its own: a condition beside the lock would be judged before the wait.
FORWARD = """
CREATE FUNCTION inventory_ended_unit_holds_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ended bigint;
BEGIN
  PERFORM 1 FROM inventory_unit u WHERE u.id IN (SELECT host_id FROM fresh WHERE to_at IS NULL AND host_id IS NOT NULL)
    ORDER BY u.id FOR SHARE;
  SELECT min(u.id) INTO ended FROM inventory_unit u
    WHERE u.id IN (SELECT host_id FROM fresh WHERE to_at IS NULL AND host_id IS NOT NULL) AND u.ended_at IS NOT NULL;
  IF ended IS NULL THEN
    SELECT min(u.id) INTO ended FROM inventory_unit u JOIN fresh f ON f.unit_id = u.id
    WHERE f.to_at IS NULL AND u.ended_at IS NOT NULL;
  END IF;
  IF ended IS NOT NULL THEN
    RAISE EXCEPTION 'unit % has ended: it is nowhere and holds nothing', ended
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'ended_unit_holds_nothing';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ended_unit_holds_nothing AFTER INSERT ON inventory_placement
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION inventory_ended_unit_holds_nothing();
"""

BACKWARD = """
DROP TRIGGER ended_unit_holds_nothing ON inventory_placement;
DROP FUNCTION inventory_ended_unit_holds_nothing();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0008_discrepancies")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
