from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0002_connection_remaining'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='favourite_models',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
