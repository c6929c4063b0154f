from django.db import migrations

KEPT = ("stockmove", "consumption", "goodsreceipt", "shipnotice", "shipnoticeline", "lot")

FORWARD = """
CREATE FUNCTION inventory_row_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: what happened is kept', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
""" + "\n".join(
    f"CREATE TRIGGER {table}_is_kept BEFORE {'DELETE' if table == 'lot' else 'UPDATE OR DELETE'} ON inventory_{table}"
    " FOR EACH ROW EXECUTE FUNCTION inventory_row_is_kept();"
    for table in KEPT
) + """
CREATE FUNCTION inventory_unit_stays_itself() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a unit keeps its tag, part and lot' USING ERRCODE = 'integrity_constraint_violation',
    CONSTRAINT = 'unit_stays_itself';
END $$;
CREATE TRIGGER unit_stays_itself BEFORE UPDATE OF tag, part_id, part_revision_id, lot_id, born_at ON inventory_unit
  FOR EACH ROW WHEN ((OLD.tag, OLD.part_id, OLD.part_revision_id, OLD.lot_id, OLD.born_at)
    IS DISTINCT FROM (NEW.tag, NEW.part_id, NEW.part_revision_id, NEW.lot_id, NEW.born_at))
  EXECUTE FUNCTION inventory_unit_stays_itself();

CREATE FUNCTION inventory_bom_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a released bill is never changed: release a new revision'
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_bom_is_fixed';
END $$;
CREATE TRIGGER released_bom_is_fixed BEFORE UPDATE OR DELETE ON inventory_bom
  FOR EACH ROW WHEN (OLD.released_at IS NOT NULL) EXECUTE FUNCTION inventory_bom_is_fixed();

CREATE FUNCTION inventory_bom_line_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bill bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.bom_id ELSE OLD.bom_id END;
BEGIN
  IF EXISTS (SELECT 1 FROM inventory_bom WHERE id = bill AND released_at IS NOT NULL) THEN
    RAISE EXCEPTION 'a released bill is never changed: release a new revision'
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_bom_is_fixed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER released_bom_line_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON inventory_bomline
  FOR EACH ROW EXECUTE FUNCTION inventory_bom_line_is_fixed();
"""

BACKWARD = """
DROP TRIGGER released_bom_line_is_fixed ON inventory_bomline;
DROP FUNCTION inventory_bom_line_is_fixed();
DROP TRIGGER released_bom_is_fixed ON inventory_bom;
DROP FUNCTION inventory_bom_is_fixed();
DROP TRIGGER unit_stays_itself ON inventory_unit;
DROP FUNCTION inventory_unit_stays_itself();
""" + "\n".join(f"DROP TRIGGER {table}_is_kept ON inventory_{table};" for table in KEPT) + """
DROP FUNCTION inventory_row_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("inventory", "0003_units_know_their_lot")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
