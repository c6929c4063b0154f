from django.db import migrations

FORWARD = """
CREATE FUNCTION assembly_attempts_have_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.attempt > 1 AND NOT EXISTS (
    SELECT 1 FROM assembly_operationrun r
    WHERE r.build_id = NEW.build_id AND r.operation_id = NEW.operation_id AND r.attempt = NEW.attempt - 1
  ) THEN
    RAISE EXCEPTION 'attempt % of an operation has no attempt before it', NEW.attempt
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'attempts_count_without_gaps';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER attempts_count_without_gaps AFTER INSERT ON assembly_operationrun
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assembly_attempts_have_no_gap();

CREATE FUNCTION assembly_finished_run_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.finished_at IS NOT NULL THEN
    RAISE EXCEPTION 'a finished run is never rewritten' USING ERRCODE = 'integrity_constraint_violation',
      CONSTRAINT = 'finished_run_is_history';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER finished_run_is_history BEFORE UPDATE OR DELETE ON assembly_operationrun
  FOR EACH ROW EXECUTE FUNCTION assembly_finished_run_is_kept();

CREATE FUNCTION assembly_record_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is a record and never rewritten', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'record_is_history';
END $$;
CREATE TRIGGER signature_is_history BEFORE UPDATE OR DELETE ON assembly_signature
  FOR EACH ROW EXECUTE FUNCTION assembly_record_is_kept();
CREATE TRIGGER measurement_is_history BEFORE UPDATE OR DELETE ON assembly_measurement
  FOR EACH ROW EXECUTE FUNCTION assembly_record_is_kept();
CREATE TRIGGER test_run_is_history BEFORE UPDATE OR DELETE ON assembly_testrun
  FOR EACH ROW EXECUTE FUNCTION assembly_record_is_kept();

CREATE FUNCTION assembly_released_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'a released % is fixed; make a new revision', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_master_data_is_fixed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER released_design_is_fixed BEFORE UPDATE OR DELETE ON assembly_design
  FOR EACH ROW EXECUTE FUNCTION assembly_released_is_fixed();
CREATE TRIGGER released_routing_is_fixed BEFORE UPDATE OR DELETE ON assembly_routing
  FOR EACH ROW EXECUTE FUNCTION assembly_released_is_fixed();

CREATE FUNCTION assembly_slots_are_copied_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the slots of a build are copied once' USING ERRCODE = 'integrity_constraint_violation',
    CONSTRAINT = 'slots_of_a_build_are_frozen';
END $$;
CREATE TRIGGER slots_of_a_build_are_frozen BEFORE UPDATE OR DELETE ON assembly_slot
  FOR EACH ROW EXECUTE FUNCTION assembly_slots_are_copied_once();

CREATE FUNCTION assembly_capacity_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz;
  f record;
  l record;
BEGIN
  IF NEW.cancelled_at IS NOT NULL THEN RETURN NULL; END IF;
  SELECT feed_id, loop_id INTO f FROM assembly_burnincell WHERE id = NEW.cell_id;
  FOR moment IN
    SELECT DISTINCT greatest(lower(r.period), lower(NEW.period)) FROM assembly_reservation r
    JOIN assembly_burnincell c ON c.id = r.cell_id
    WHERE r.cancelled_at IS NULL AND (c.feed_id = f.feed_id OR c.loop_id = f.loop_id) AND r.period && NEW.period
  LOOP
    SELECT
      coalesce(sum(r.kw) FILTER (WHERE c.feed_id = f.feed_id), 0) > (SELECT capacity_kw FROM assembly_feed WHERE id = f.feed_id)
      OR coalesce(sum(r.kw) FILTER (WHERE c.loop_id = f.loop_id), 0) > (SELECT capacity_kw FROM assembly_loop WHERE id = f.loop_id)
      OR coalesce(sum(r.lpm) FILTER (WHERE c.loop_id = f.loop_id), 0) > (SELECT capacity_lpm FROM assembly_loop WHERE id = f.loop_id)
      AS over INTO l
    FROM assembly_reservation r JOIN assembly_burnincell c ON c.id = r.cell_id
    WHERE r.cancelled_at IS NULL AND r.period @> moment;
    IF l.over THEN
      RAISE EXCEPTION 'the sum of reservations exceeds a feed or loop at %', moment
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reservations_stay_within_capacity';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER reservations_stay_within_capacity AFTER INSERT OR UPDATE ON assembly_reservation
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assembly_capacity_is_kept();

CREATE SEQUENCE assembly_nonconformity_number;
CREATE SEQUENCE assembly_unit_number;
CREATE SEQUENCE assembly_order_number;
CREATE SEQUENCE assembly_deviation_number;
"""


class Migration(migrations.Migration):
    dependencies = [("assembly", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
