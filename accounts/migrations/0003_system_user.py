import datetime

from django.db import migrations


def add_system_user(apps, schema_editor):
    """The user that commands and tasks act as. No password: nobody signs in as it. Event 0: set up by migration."""
    User = apps.get_model("accounts", "User")
    RoleGrant = apps.get_model("accounts", "RoleGrant")
    user = User.objects.create(
        username="genpin", name_ja="現品システム", name_en="Genpin system", password="!", pseudonym="00000000-0000-4000-8000-000000000001"
    )
    RoleGrant.objects.create(
        user=user, role="system", granted_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc), event_id=0
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_stations_and_roles")]
    operations = [migrations.RunPython(add_system_user, migrations.RunPython.noop)]
