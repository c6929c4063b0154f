from django.db import migrations

FORWARD = """
CREATE TRIGGER released_limit_set_is_fixed BEFORE UPDATE OR DELETE ON assembly_limitset
  FOR EACH ROW EXECUTE FUNCTION assembly_released_is_fixed();

CREATE FUNCTION assembly_limit_of_released_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owners bigint[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.limit_set_id]
    WHEN 'DELETE' THEN ARRAY[OLD.limit_set_id] ELSE ARRAY[OLD.limit_set_id, NEW.limit_set_id] END;
BEGIN
  IF EXISTS (SELECT 1 FROM assembly_limitset WHERE id = ANY(owners) AND released_at IS NOT NULL) THEN
    RAISE EXCEPTION '% on %: what is released is fixed with all its lines', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_master_data_is_fixed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER released_limit_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON assembly_testlimit
  FOR EACH ROW EXECUTE FUNCTION assembly_limit_of_released_is_fixed();
"""

BACKWARD = """
DROP TRIGGER released_limit_is_fixed ON assembly_testlimit;
DROP FUNCTION assembly_limit_of_released_is_fixed();
DROP TRIGGER released_limit_set_is_fixed ON assembly_limitset;
"""


class Migration(migrations.Migration):
    dependencies = [("assembly", "0014_limits_of_testers_files")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
