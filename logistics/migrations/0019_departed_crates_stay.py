from django.db import migrations

KEPT = """
CREATE FUNCTION logistics_departed_crates_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owners bigint[];
BEGIN
  IF TG_OP <> 'INSERT' THEN owners := owners || OLD.shipment_id; END IF;
  IF TG_OP <> 'DELETE' THEN owners := owners || NEW.shipment_id; END IF;
  IF EXISTS (SELECT 1 FROM logistics_departure d WHERE d.shipment_id = ANY(owners)) THEN
    RAISE EXCEPTION '% on %: a shipment that has left keeps its crates', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'departed_shipment_keeps_its_crates';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER departed_shipment_keeps_its_crates BEFORE INSERT OR UPDATE OR DELETE ON logistics_shipmentcrate
  FOR EACH ROW EXECUTE FUNCTION logistics_departed_crates_stay();
"""

BACK = """
DROP TRIGGER departed_shipment_keeps_its_crates ON logistics_shipmentcrate;
DROP FUNCTION logistics_departed_crates_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("logistics", "0018_part_arrivals")]

    operations = [migrations.RunSQL(KEPT, BACK)]
