from django.db import migrations

FORWARD = """
CREATE SEQUENCE logistics_shipment_number;
CREATE SEQUENCE logistics_sscc_reference;
CREATE FUNCTION logistics_fact_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is a record and never rewritten', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'logistics_record_is_history';
END $$;
CREATE TRIGGER departure_is_history BEFORE UPDATE OR DELETE ON logistics_departure
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
CREATE TRIGGER milestone_is_history BEFORE UPDATE OR DELETE ON logistics_milestone
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
CREATE TRIGGER acceptance_is_history BEFORE UPDATE OR DELETE ON logistics_acceptance
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
CREATE TRIGGER forecast_is_history BEFORE UPDATE OR DELETE ON logistics_forecast
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("logistics", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
