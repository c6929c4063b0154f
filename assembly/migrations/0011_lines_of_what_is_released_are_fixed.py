from django.db import migrations

FORWARD = """
CREATE FUNCTION assembly_part_of_released_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  line jsonb := to_jsonb(CASE TG_OP WHEN 'INSERT' THEN NEW ELSE OLD END);
  released boolean;
BEGIN
  released := CASE TG_TABLE_NAME
    WHEN 'assembly_designslot' THEN EXISTS (
      SELECT 1 FROM assembly_design WHERE id = (line->>'design_id')::bigint AND released_at IS NOT NULL)
    WHEN 'assembly_operationfield' THEN EXISTS (
      SELECT 1 FROM assembly_routing r JOIN assembly_routingoperation o ON o.routing_id = r.id
      WHERE o.id = (line->>'operation_id')::bigint AND r.released_at IS NOT NULL)
    ELSE EXISTS (SELECT 1 FROM assembly_routing WHERE id = (line->>'routing_id')::bigint AND released_at IS NOT NULL)
  END;
  IF released THEN
    RAISE EXCEPTION '% on %: what is released is fixed with all its lines', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_master_data_is_fixed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
""" + "\n".join(
    f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OR DELETE ON {table}"
    " FOR EACH ROW EXECUTE FUNCTION assembly_part_of_released_is_fixed();"
    for name, table in (
        ("released_slot_is_fixed", "assembly_designslot"),
        ("released_operation_is_fixed", "assembly_routingoperation"),
        ("released_field_is_fixed", "assembly_operationfield"),
        ("released_reentry_rule_is_fixed", "assembly_reentryrule"),
    )
)

BACKWARD = """
DROP TRIGGER released_reentry_rule_is_fixed ON assembly_reentryrule;
DROP TRIGGER released_field_is_fixed ON assembly_operationfield;
DROP TRIGGER released_operation_is_fixed ON assembly_routingoperation;
DROP TRIGGER released_slot_is_fixed ON assembly_designslot;
DROP FUNCTION assembly_part_of_released_is_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("assembly", "0010_kits")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
