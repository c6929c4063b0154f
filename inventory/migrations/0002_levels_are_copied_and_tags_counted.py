from django.db import migrations

FORWARD = """
ALTER TABLE inventory_unit ADD CONSTRAINT unit_level_is_that_of_its_part
  FOREIGN KEY (part_id, level) REFERENCES inventory_part (id, level);
ALTER TABLE inventory_unit ADD CONSTRAINT unit_revision_is_of_its_part
  FOREIGN KEY (part_revision_id, part_id) REFERENCES inventory_partrevision (id, part_id);
ALTER TABLE inventory_identifier ADD CONSTRAINT identifier_part_is_that_of_its_unit
  FOREIGN KEY (unit_id, part_id) REFERENCES inventory_unit (id, part_id);
ALTER TABLE inventory_placement ADD CONSTRAINT placement_level_is_that_of_its_unit
  FOREIGN KEY (unit_id, unit_level) REFERENCES inventory_unit (id, level);
ALTER TABLE inventory_placement ADD CONSTRAINT host_level_is_that_of_its_host
  FOREIGN KEY (host_id, host_level) REFERENCES inventory_unit (id, level);
CREATE SEQUENCE inventory_tag_number;
CREATE SEQUENCE inventory_hold_number;

CREATE FUNCTION inventory_unit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a unit is never deleted; it ends' USING ERRCODE = 'integrity_constraint_violation',
    CONSTRAINT = 'unit_is_never_deleted';
END $$;
CREATE TRIGGER unit_is_never_deleted BEFORE DELETE ON inventory_unit
  FOR EACH ROW EXECUTE FUNCTION inventory_unit_is_kept();

CREATE FUNCTION inventory_placement_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.to_at IS NOT NULL
     OR (NEW.unit_id, NEW.location_id, NEW.host_id, NEW.position, NEW.from_at, NEW.event_id)
        IS DISTINCT FROM (OLD.unit_id, OLD.location_id, OLD.host_id, OLD.position, OLD.from_at, OLD.event_id) THEN
    RAISE EXCEPTION 'a placement is closed once and never rewritten' USING ERRCODE = 'integrity_constraint_violation',
      CONSTRAINT = 'placement_is_history';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER placement_is_history BEFORE UPDATE OR DELETE ON inventory_placement
  FOR EACH ROW EXECUTE FUNCTION inventory_placement_is_kept();
"""

BACKWARD = """
DROP TRIGGER placement_is_history ON inventory_placement;
DROP FUNCTION inventory_placement_is_kept();
DROP TRIGGER unit_is_never_deleted ON inventory_unit;
DROP FUNCTION inventory_unit_is_kept();
DROP SEQUENCE inventory_hold_number;
DROP SEQUENCE inventory_tag_number;
ALTER TABLE inventory_placement DROP CONSTRAINT host_level_is_that_of_its_host;
ALTER TABLE inventory_placement DROP CONSTRAINT placement_level_is_that_of_its_unit;
ALTER TABLE inventory_identifier DROP CONSTRAINT identifier_part_is_that_of_its_unit;
ALTER TABLE inventory_unit DROP CONSTRAINT unit_revision_is_of_its_part;
ALTER TABLE inventory_unit DROP CONSTRAINT unit_level_is_that_of_its_part;
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
