"""`manage.py definitions`: what each figure of the reports means, as docs/reporting.md has it."""

from django.core.management.base import BaseCommand

from reporting.definitions import markdown


class Command(BaseCommand):
    help = "Print the definitions of all figures as Markdown."

    def handle(self, **options):
        self.stdout.write(markdown())
