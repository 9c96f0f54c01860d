"""A voucher may ask for an entry to be undone; a closing names the approval it rests on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0003_owners"),
    ]

    operations = [
        migrations.AddField(
            model_name="closing",
            name="approval_ref",
            field=models.CharField(blank=True, max_length=96, verbose_name="审批"),
        ),
        migrations.AddField(
            model_name="voucher",
            name="undoes",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="冲销的分录"),
        ),
    ]
