from django.db import migrations

# A part of a released plan neither leaves it nor comes into it from another one; a judged inspection gets no piece and
# none of its pieces changes; a verdict stays with all it was given on.
FORWARD = """
CREATE OR REPLACE FUNCTION inventory_part_of_plan_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM inventory_samplingplan
             WHERE id IN (OLD.plan_id, NEW.plan_id) AND released_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a released sampling plan is never changed: release the next revision'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_sampling_plan_is_fixed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION inventory_judged_piece_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said text;
BEGIN
  SELECT verdict INTO said FROM inventory_inspection WHERE id = NEW.inspection_id FOR SHARE;
  IF said IS NOT NULL THEN
    RAISE EXCEPTION 'a judged inspection keeps its pieces as they are'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'judged_piece_is_fixed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER judged_piece_is_fixed BEFORE INSERT OR UPDATE ON inventory_inspectedpiece
  FOR EACH ROW EXECUTE FUNCTION inventory_judged_piece_is_fixed();

DROP TRIGGER verdict_stands ON inventory_inspection;
CREATE TRIGGER verdict_stands BEFORE UPDATE ON inventory_inspection
  FOR EACH ROW WHEN (OLD.verdict IS NOT NULL AND (OLD.conceded_at IS NOT NULL
    OR (OLD.number, OLD.kind, OLD.plan_id, OLD.part_id, OLD.supplier_id, OLD.notice_id, OLD.lot_id, OLD.origin_id,
        OLD.opened_at, OLD.event_id, OLD.lot_size, OLD.sample, OLD.accept, OLD.inspected, OLD.nonconforming,
        OLD.verdict, OLD.remarks, OLD.judged_at, OLD.judged_by_id, OLD.judged_event_id) IS DISTINCT FROM
       (NEW.number, NEW.kind, NEW.plan_id, NEW.part_id, NEW.supplier_id, NEW.notice_id, NEW.lot_id, NEW.origin_id,
        NEW.opened_at, NEW.event_id, NEW.lot_size, NEW.sample, NEW.accept, NEW.inspected, NEW.nonconforming,
        NEW.verdict, NEW.remarks, NEW.judged_at, NEW.judged_by_id, NEW.judged_event_id)))
  EXECUTE FUNCTION inventory_row_is_kept();
"""
BACKWARD = """
DROP TRIGGER verdict_stands ON inventory_inspection;
CREATE TRIGGER verdict_stands BEFORE UPDATE ON inventory_inspection
  FOR EACH ROW WHEN (OLD.verdict IS NOT NULL AND (OLD.conceded_at IS NOT NULL
    OR (OLD.verdict, OLD.judged_at, OLD.judged_by_id, OLD.lot_size, OLD.sample, OLD.accept, OLD.inspected,
        OLD.nonconforming) IS DISTINCT FROM
       (NEW.verdict, NEW.judged_at, NEW.judged_by_id, NEW.lot_size, NEW.sample, NEW.accept, NEW.inspected,
        NEW.nonconforming)))
  EXECUTE FUNCTION inventory_row_is_kept();
DROP TRIGGER judged_piece_is_fixed ON inventory_inspectedpiece;
DROP FUNCTION inventory_judged_piece_is_fixed();
CREATE OR REPLACE FUNCTION inventory_part_of_plan_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE plan bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.plan_id ELSE OLD.plan_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM inventory_samplingplan WHERE id = plan AND released_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a released sampling plan is never changed: release the next revision'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_sampling_plan_is_fixed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0011_incoming_inspection'),
    ]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
