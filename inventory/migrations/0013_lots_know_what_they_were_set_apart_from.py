import django.db.models.deletion
from django.db import migrations, models

# Lots that were set apart before have only their name to tell.
SET_APART = """
UPDATE inventory_lot a SET origin_id = o.id
FROM inventory_inspection i JOIN inventory_lot o ON o.id = i.lot_id
WHERE a.part_id = o.part_id AND a.number = o.number || '-NG-' || i.number
"""


class Migration(migrations.Migration):

    dependencies = [
        ('inventory', '0012_judged_is_fixed'),
    ]

    operations = [
        migrations.AddField(
            model_name='lot',
            name='origin',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='set_apart', to='inventory.lot'),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('origin__isnull', False)), fields=['origin'], name='lot_set_apart'),
        ),
        migrations.RunSQL(SET_APART, migrations.RunSQL.noop),
    ]
