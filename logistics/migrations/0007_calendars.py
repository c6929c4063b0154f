import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FORWARD = """
CREATE FUNCTION logistics_released_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.released_at IS NOT NULL THEN
    RAISE EXCEPTION '% on %: what is released is never changed', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_logistics_plan_is_fixed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER released_calendar_is_fixed BEFORE UPDATE OR DELETE ON logistics_calendar
  FOR EACH ROW EXECUTE FUNCTION logistics_released_is_fixed();
CREATE TRIGGER released_timetable_is_fixed BEFORE UPDATE OR DELETE ON logistics_timetable
  FOR EACH ROW EXECUTE FUNCTION logistics_released_is_fixed();

CREATE FUNCTION logistics_row_of_released_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owners bigint[];
  fixed boolean;
BEGIN
  IF TG_OP <> 'INSERT' THEN owners := owners || (to_jsonb(OLD) ->> TG_ARGV[0])::bigint; END IF;
  IF TG_OP <> 'DELETE' THEN owners := owners || (to_jsonb(NEW) ->> TG_ARGV[0])::bigint; END IF;
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = ANY($1) AND released_at IS NOT NULL)', TG_ARGV[1])
    INTO fixed USING owners;
  IF fixed THEN
    RAISE EXCEPTION '% on %: what is released is fixed with all its rows', TG_OP, TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'released_logistics_plan_is_fixed';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER released_window_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON logistics_calendarwindow
  FOR EACH ROW EXECUTE FUNCTION logistics_row_of_released_is_fixed('calendar_id', 'logistics_calendar');
CREATE TRIGGER released_closure_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON logistics_calendarclosure
  FOR EACH ROW EXECUTE FUNCTION logistics_row_of_released_is_fixed('calendar_id', 'logistics_calendar');
CREATE TRIGGER released_opening_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON logistics_calendaropening
  FOR EACH ROW EXECUTE FUNCTION logistics_row_of_released_is_fixed('calendar_id', 'logistics_calendar');
CREATE TRIGGER released_sailing_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON logistics_sailing
  FOR EACH ROW EXECUTE FUNCTION logistics_row_of_released_is_fixed('timetable_id', 'logistics_timetable');
CREATE TRIGGER released_blank_sailing_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON logistics_blanksailing
  FOR EACH ROW EXECUTE FUNCTION logistics_row_of_released_is_fixed('timetable_id', 'logistics_timetable');
CREATE TRIGGER plan_basis_is_history BEFORE UPDATE OR DELETE ON logistics_planbasis
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
"""

BACKWARD = """
DROP TRIGGER plan_basis_is_history ON logistics_planbasis;
DROP TRIGGER released_blank_sailing_is_fixed ON logistics_blanksailing;
DROP TRIGGER released_sailing_is_fixed ON logistics_sailing;
DROP TRIGGER released_opening_is_fixed ON logistics_calendaropening;
DROP TRIGGER released_closure_is_fixed ON logistics_calendarclosure;
DROP TRIGGER released_window_is_fixed ON logistics_calendarwindow;
DROP FUNCTION logistics_row_of_released_is_fixed();
DROP TRIGGER released_timetable_is_fixed ON logistics_timetable;
DROP TRIGGER released_calendar_is_fixed ON logistics_calendar;
DROP FUNCTION logistics_released_is_fixed();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('logistics', '0006_recalibration'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Calendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('country', models.TextField(blank=True, default='')),
                ('revision', models.PositiveSmallIntegerField()),
                ('closes_on_holidays', models.BooleanField(default=True)),
                ('reason', models.TextField(blank=True, default='')),
                ('released_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('event_id', models.BigIntegerField()),
                ('carrier', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calendars', to='logistics.carrier')),
                ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='calendars', to='logistics.site')),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(models.Q(('carrier', None), ('country', ''), ('kind', 'site'), ('site__isnull', False)), models.Q(('carrier__isnull', False), ('country', ''), ('kind', 'carrier'), ('site', None)), models.Q(('carrier', None), ('country__regex', '^[A-Z]{2}$'), ('kind__in', ['customs', 'holidays']), ('site', None)), _connector='OR'), name='calendar_has_one_owner'), models.UniqueConstraint(fields=('kind', 'site', 'carrier', 'country', 'revision'), name='calendar_revision_is_unique', nulls_distinct=False), models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('kind', 'site', 'carrier', 'country'), name='calendar_has_one_draft', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('revision__gte', 1)), name='calendar_revisions_count_from_one'), models.CheckConstraint(condition=models.Q(models.Q(('released_at', None), ('released_by', None)), models.Q(('released_at__isnull', False), ('released_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='released_calendar_says_who_and_why')], 
                'ordering': ['kind', 'site_id', 'carrier_id', 'country', '-revision'],
            },
        ),
        migrations.CreateModel(
            name='CalendarClosure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('reason', models.TextField()),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='logistics.calendar')),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='closure_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='closure_says_its_reason')], 
                'ordering': ['first_day', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CalendarOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('next_day', models.BooleanField(default=False)),
                ('reason', models.TextField()),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='logistics.calendar')),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(models.Q(('closes__gt', models.F('opens')), ('next_day', False)), models.Q(('closes__lte', models.F('opens')), ('next_day', True)), _connector='OR'), name='opening_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='opening_says_its_reason')], 
                'ordering': ['day', 'opens', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CalendarWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.TextField()),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('next_day', models.BooleanField(default=False)),
                ('name', models.TextField(blank=True, default='')),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='windows', to='logistics.calendar')),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(('days__regex', '^(?=[1-7])1?2?3?4?5?6?7?$')), name='window_names_its_weekdays'), models.CheckConstraint(condition=models.Q(models.Q(('closes__gt', models.F('opens')), ('next_day', False)), models.Q(('closes__lte', models.F('opens')), ('next_day', True)), _connector='OR'), name='window_ends_after_it_begins')], 
                'ordering': ['opens', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Timetable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveSmallIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('grade', models.TextField()),
                ('source', models.TextField(blank=True, default='')),
                ('reason', models.TextField(blank=True, default='')),
                ('released_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('event_id', models.BigIntegerField()),
                ('leg', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='timetables', to='logistics.leg')),
                ('released_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=('leg', 'revision'), name='timetable_revision_is_unique'), models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('leg',), name='timetable_has_one_draft'), models.CheckConstraint(condition=models.Q(('revision__gte', 1)), name='timetable_revisions_count_from_one'), models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='timetable_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('grade__in', ('A', 'B', 'C'))), name='timetable_grade_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('released_at', None), ('released_by', None)), models.Q(('released_at__isnull', False), ('released_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='released_timetable_says_who_and_why')], 
                'ordering': ['leg_id', '-revision'],
            },
        ),
        migrations.CreateModel(
            name='Sailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('days', models.TextField()),
                ('departs_at', models.TimeField()),
                ('cut_off_at', models.TimeField()),
                ('cut_off_days', models.PositiveSmallIntegerField(default=0)),
                ('timetable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sailings', to='logistics.timetable')),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(('days__regex', '^(?=[1-7])1?2?3?4?5?6?7?$')), name='sailing_names_its_weekdays'), models.CheckConstraint(condition=models.Q(('cut_off_days__lte', 14), models.Q(('cut_off_days__gte', 1), ('cut_off_at__lte', models.F('departs_at')), _connector='OR')), name='cut_off_is_before_the_sailing')], 
                'ordering': ['departs_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PlanBasis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('accepted_because', models.TextField(blank=True, default='')),
                ('event_id', models.BigIntegerField()),
                ('calendar', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='judged', to='logistics.calendar')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='basis', to='logistics.shipment')),
                ('timetable', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='judged', to='logistics.timetable')),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(models.Q(('calendar__isnull', False), ('timetable', None)), models.Q(('calendar', None), ('timetable__isnull', False)), _connector='OR'), name='plan_basis_is_one_revision'), models.CheckConstraint(condition=models.Q(('accepted_because', ''), ('calendar__isnull', False), _connector='OR'), name='exception_goes_against_a_calendar')], 
                'ordering': ['shipment_id', 'id'],
            },
        ),
        migrations.CreateModel(
            name='BlankSailing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('reason', models.TextField()),
                ('timetable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blanks', to='logistics.timetable')),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='blank_sailing_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='blank_sailing_says_its_reason')], 
                'ordering': ['first_day', 'id'],
            },
        ),
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
