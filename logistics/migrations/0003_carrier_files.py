
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


KEPT = """
CREATE TRIGGER waybill_is_history BEFORE UPDATE OR DELETE ON logistics_waybill
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
CREATE TRIGGER carrier_file_is_history BEFORE UPDATE OR DELETE ON logistics_carrierfile
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
CREATE TRIGGER carrier_line_note_is_history BEFORE UPDATE OR DELETE ON logistics_carrierlinenote
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
CREATE TRIGGER milestone_review_is_history BEFORE UPDATE OR DELETE ON logistics_milestonereview
  FOR EACH ROW EXECUTE FUNCTION logistics_fact_is_kept();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('logistics', '0002_facts_are_kept'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CarrierFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_sha256', models.TextField()),
                ('file_name', models.TextField()),
                ('lines', models.IntegerField()),
                ('reported', models.IntegerField()),
                ('imported_at', models.DateTimeField()),
                ('event_id', models.BigIntegerField()),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='logistics.carrier')),
            ],
            options={"constraints": [models.UniqueConstraint(fields=('carrier', 'file_sha256'), name='carrier_file_is_imported_once'), models.CheckConstraint(condition=models.Q(('reported__gte', 0), ('reported__lte', models.F('lines'))), name='carrier_file_reports_its_lines')], 
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='CarrierLineNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.IntegerField()),
                ('remarks', models.TextField(blank=True, default='')),
                ('doubt', models.BooleanField(default=False)),
                ('meant', models.TextField()),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='logistics.carrierfile')),
                ('milestone', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='line_note', to='logistics.milestone')),
            ],
            options={"constraints": [models.UniqueConstraint(fields=('file', 'line'), name='line_of_a_carrier_file_reports_once'), models.CheckConstraint(condition=models.Q(('meant__in', ('leg_departed', 'leg_arrived', 'position', 'delayed'))), name='line_note_meaning_is_known')], 
                'ordering': ['file_id', 'line'],
            },
        ),
        migrations.CreateModel(
            name='CarrierWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.TextField()),
                ('shown', models.TextField()),
                ('meaning', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('event_id', models.BigIntegerField()),
                ('retired_at', models.DateTimeField(null=True)),
                ('retired_event_id', models.BigIntegerField(null=True)),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='words', to='logistics.carrier')),
            ],
            options={"constraints": [models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('carrier', 'word'), name='carrier_word_has_one_meaning'), models.CheckConstraint(condition=models.Q(('meaning__in', ('leg_departed', 'leg_arrived', 'position', 'delayed', 'ignore')), models.Q(('word', ''), _negated=True)), name='carrier_word_meaning_is_known'), models.CheckConstraint(condition=models.Q(models.Q(('retired_at', None), ('retired_event_id', None)), models.Q(('retired_at__isnull', False), ('retired_event_id__isnull', False)), _connector='OR'), name='retired_carrier_word_names_its_event')], 
                'ordering': ['carrier_id', 'word'],
            },
        ),
        migrations.CreateModel(
            name='MilestoneReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.TextField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('event_id', models.BigIntegerField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('note', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='logistics.carrierlinenote')),
            ],options={"constraints": [models.CheckConstraint(condition=models.Q(('verdict__in', ('ours', 'elsewhere')), models.Q(('reason', ''), _negated=True)), name='milestone_verdict_is_known_and_reasoned')]}, 
        ),
        migrations.CreateModel(
            name='Waybill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.TextField()),
                ('at', models.DateTimeField()),
                ('event_id', models.BigIntegerField()),
                ('carrier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='logistics.carrier')),
                ('shipment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waybills', to='logistics.shipment')),
            ],
            options={"constraints": [models.UniqueConstraint(fields=('carrier', 'number'), name='waybill_is_of_one_shipment'), models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='waybill_has_a_number')], 
                'ordering': ['id'],
            },
        ),
        
        
        
        
        
        
        
        
        
        
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
