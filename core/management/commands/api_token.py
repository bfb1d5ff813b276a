"""`manage.py api_token`: issue, list and revoke API tokens without a browser."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from core import scopes, tokens
from core.clock import now
from core.errors import ParleyError
from core.models import ApiToken


class Command(BaseCommand):
    help = "API tokens: `create` prints a new one, once; `list` shows all without their secrets; `revoke` ends one."

    def add_arguments(self, parser):
        ways = parser.add_subparsers(dest="way", required=True)
        create = ways.add_parser("create", help="Issue a token and print it.")
        create.add_argument("--owner", required=True, help="User name of whom it acts for.")
        create.add_argument("--name", required=True, help="What uses it.")
        create.add_argument(
            "--scope", action="append", required=True, help=f"One of {', '.join(scopes.known())}; again for more."
        )
        create.add_argument("--days", type=int, help="How long it is valid. Without: until it is revoked.")
        ways.add_parser("list", help="Show all.")
        ways.add_parser("revoke", help="End one at once.").add_argument("id", help="As `list` shows it.")

    def handle(self, way, **options):
        try:
            getattr(self, f"_{way}")(**options)
        except ParleyError as error:
            raise CommandError(error.message) from error

    def _create(self, owner, name, scope, days, **_):
        user = get_user_model().objects.filter(username=owner).first()
        if user is None:
            raise CommandError(f"Nobody has the user name {owner}.")
        if days is not None and not 1 <= days <= tokens.LONGEST:
            raise CommandError(f"--days must be at least 1 and at most {tokens.LONGEST}.")
        at = now()
        until = at + timedelta(days=days) if days else None
        token, secret = tokens.issue(user, name=name, scopes=scope, expires_at=until, by="command", now=at)
        self.stderr.write(f"{token.id}: acts as {owner}, {', '.join(token.scopes)}. It is shown this once:")
        self.stdout.write(secret)

    def _list(self, **_):
        at = now()
        for row in ApiToken.objects.select_related("owner"):
            used = f"used {row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never used"
            about = (row.id, row.state(at), row.hint, row.owner.get_username(), ",".join(row.scopes), used, row.name)
            self.stdout.write("\t".join(map(str, about)))

    def _revoke(self, id, **_):
        try:
            token = tokens.revoke(UUID(id), by="command", now=now())
        except ValueError:
            raise CommandError(f"{id} is no id of a token. `list` shows them.") from None
        self.stdout.write(f"{token} is revoked.")
