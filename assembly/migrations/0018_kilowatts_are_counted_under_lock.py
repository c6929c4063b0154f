from django.db import migrations, models
from django.db.models import Q

# One statement for all moments of a period, after the locks: under READ COMMITTED each statement in the function sees
# what was committed while it waited. Feeds before loops, as everywhere.
FORWARD = """
CREATE FUNCTION assembly_sums_fit(the_feed bigint, the_loop bigint, span tstzrange) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  feed_kw numeric;
  loop_kw numeric;
  loop_lpm numeric;
  moment timestamptz;
BEGIN
  SELECT capacity_kw INTO feed_kw FROM assembly_feed WHERE id = the_feed FOR NO KEY UPDATE;
  SELECT capacity_kw, capacity_lpm INTO loop_kw, loop_lpm FROM assembly_loop WHERE id = the_loop FOR NO KEY UPDATE;
  WITH near AS MATERIALIZED (
    SELECT r.period, r.kw, r.lpm, c.feed_id = the_feed AS fed, c.loop_id = the_loop AS looped
    FROM assembly_reservation r JOIN assembly_burnincell c ON c.id = r.cell_id
    WHERE r.cancelled_at IS NULL AND (c.feed_id = the_feed OR c.loop_id = the_loop) AND r.period && span
  ), moments AS (SELECT DISTINCT greatest(lower(period), lower(span)) AS at FROM near)
  SELECT m.at INTO moment FROM moments m JOIN near n ON n.period @> m.at GROUP BY m.at
  HAVING coalesce(sum(n.kw) FILTER (WHERE n.fed), 0) > feed_kw
    OR coalesce(sum(n.kw) FILTER (WHERE n.looped), 0) > loop_kw
    OR coalesce(sum(n.lpm) FILTER (WHERE n.looped), 0) > loop_lpm
  LIMIT 1;
  IF moment IS NOT NULL THEN
    RAISE EXCEPTION 'the sum of reservations exceeds a feed or loop at %', moment
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'reservations_stay_within_capacity';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION assembly_capacity_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.cancelled_at IS NULL THEN
    PERFORM assembly_sums_fit(feed_id, loop_id, NEW.period) FROM assembly_burnincell WHERE id = NEW.cell_id;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION assembly_supply_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'assembly_feed' THEN
    PERFORM assembly_sums_fit(feed_id, loop_id, tstzrange(now(), NULL)) FROM assembly_burnincell WHERE feed_id = NEW.id;
  ELSIF TG_TABLE_NAME = 'assembly_loop' THEN
    PERFORM assembly_sums_fit(feed_id, loop_id, tstzrange(now(), NULL)) FROM assembly_burnincell WHERE loop_id = NEW.id;
  ELSE
    PERFORM assembly_sums_fit(NEW.feed_id, NEW.loop_id, tstzrange(now(), NULL));
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER feed_gives_what_is_reserved AFTER UPDATE OF capacity_kw ON assembly_feed
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.capacity_kw < OLD.capacity_kw)
  EXECUTE FUNCTION assembly_supply_is_kept();
CREATE CONSTRAINT TRIGGER loop_gives_what_is_reserved AFTER UPDATE OF capacity_kw, capacity_lpm ON assembly_loop
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.capacity_kw < OLD.capacity_kw OR NEW.capacity_lpm < OLD.capacity_lpm)
  EXECUTE FUNCTION assembly_supply_is_kept();
CREATE CONSTRAINT TRIGGER moved_cell_finds_what_is_reserved AFTER UPDATE OF feed_id, loop_id ON assembly_burnincell
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (NEW.feed_id <> OLD.feed_id OR NEW.loop_id <> OLD.loop_id)
  EXECUTE FUNCTION assembly_supply_is_kept();
"""


class Migration(migrations.Migration):
    dependencies = [("assembly", "0017_column_maps")]

    operations = [
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=Q(
                    period__isempty=False,
                    period__lower_inc=True,
                    period__lower_inf=False,
                    period__upper_inc=False,
                    period__upper_inf=False,
                ),
                name="reservation_has_a_beginning_and_an_end",
            ),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
