"""`forecast_lead_times`: the product's forecast of total lead times, on files. Needs no database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from logistics.lead_times.order_files import FileFault, read_asked, read_past, write_quantiles
from logistics.lead_times.orders_forecast import LEVELS, forecast_orders


class Command(BaseCommand):
    help = "Forecast lead times of the orders of one CSV file from the past orders of another."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--train", type=Path, required=True, metavar="A.csv", help="past orders, closed and open")
        parser.add_argument("--test", type=Path, required=True, metavar="B.csv", help="orders to forecast")
        parser.add_argument("--out", type=Path, required=True, metavar="C.csv", help="quantiles of the total, days")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            past, asked = read_past(options["train"]), read_asked(options["test"])
            write_quantiles(options["out"], asked.names, LEVELS, forecast_orders(past, asked.orders))
        except FileFault as fault:
            raise CommandError(str(fault)) from fault
        except OSError as fault:
            raise CommandError(f"{options['out']}: {fault.strerror}") from fault
        self.stdout.write(
            f"{len(asked.names)} orders forecast from {len(past)} past ones ({int(past.closed.sum())} closed)."
        )
