from django.db import migrations

# Drafts can be given up. What the floor was shown stays what it was shown. A draft was shown to nobody: when it is given up, the instructions
# written for it go with its operations; their events keep the words, the store keeps the pictures.
FORWARD = """
-- It answered a deletion with NULL, by which a draft stayed without a word.
CREATE OR REPLACE FUNCTION assembly_released_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.released_at IS NOT NULL THEN
    RAISE EXCEPTION 'a released % is fixed; make a new revision', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_master_data_is_fixed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION assembly_instruction_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE of_operation bigint;
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF TG_TABLE_NAME = 'assembly_instruction' THEN
      of_operation := OLD.operation_id;
    ELSE
      SELECT operation_id INTO of_operation FROM assembly_instruction WHERE id = OLD.instruction_id;
    END IF;
    IF EXISTS (SELECT 1 FROM assembly_routingoperation o JOIN assembly_routing r ON r.id = o.routing_id
               WHERE o.id = of_operation AND r.released_at IS NULL) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION '% is a record and never rewritten', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'record_is_history';
END $$;
DROP TRIGGER instruction_is_history ON assembly_instruction;
DROP TRIGGER instruction_picture_is_history ON assembly_instructionpicture;
CREATE TRIGGER instruction_is_history BEFORE UPDATE OR DELETE ON assembly_instruction
  FOR EACH ROW EXECUTE FUNCTION assembly_instruction_is_kept();
CREATE TRIGGER instruction_picture_is_history BEFORE UPDATE OR DELETE ON assembly_instructionpicture
  FOR EACH ROW EXECUTE FUNCTION assembly_instruction_is_kept();
"""
BACKWARD = """
DROP TRIGGER instruction_is_history ON assembly_instruction;
DROP TRIGGER instruction_picture_is_history ON assembly_instructionpicture;
DROP FUNCTION assembly_instruction_is_kept();
CREATE TRIGGER instruction_is_history BEFORE UPDATE OR DELETE ON assembly_instruction
  FOR EACH ROW EXECUTE FUNCTION assembly_record_is_kept();
CREATE TRIGGER instruction_picture_is_history BEFORE UPDATE OR DELETE ON assembly_instructionpicture
  FOR EACH ROW EXECUTE FUNCTION assembly_record_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("assembly", "0012_causes_and_concessions")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
