import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_levels_are_copied_and_tags_counted")]
    operations = [
        migrations.AddField(
            model_name="unit",
            name="lot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="units",
                to="inventory.lot",
            ),
        ),
    ]
