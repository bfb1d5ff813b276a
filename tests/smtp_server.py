"""A real SMTP server (aiosmtpd, from Debian) for the tests; run by the system's Python, which has it.

    smtp_server.py PORT FILE [tls CERT KEY | ssl CERT KEY] [user PASSWORD]

Each mail is one line of JSON in FILE. Of the recipients, `unknown@` is refused for ever, `later@` for now, and what
is sent to `spam@` is refused with its content.
"""

import json
import signal
import ssl
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Box:
    def __init__(self, path: str):
        self.path = path

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.partition("@")[0]
        if name == "unknown":
            return "550 5.1.1 No such user"
        if name == "later":
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if any(address.startswith("spam@") for address in envelope.rcpt_tos):
            return "554 5.7.1 Looks like spam"
        mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "content": envelope.content.decode()}
        mail |= {"tls": server.transport.get_extra_info("sslcontext") is not None, "user": session.authenticated}
        self._keep(mail)
        return "250 OK"

    def _keep(self, mail: dict) -> None:
        with open(self.path, "a") as box:
            box.write(json.dumps(mail) + "\n")


def main(port: str, path: str, *more: str) -> None:
    options: dict = {}
    if more[:1] in (("tls",), ("ssl",)):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(more[1], more[2])
        options = {"ssl_context": context} if more[0] == "ssl" else {"tls_context": context, "require_starttls": True}
        more = more[3:]
    if more:
        options |= {"authenticator": _password(*more), "auth_required": True, "auth_require_tls": False}
    controller = Controller(Box(path), hostname="127.0.0.1", port=int(port), **options)
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


def _password(user: str, password: str):
    def check(server, session, envelope, mechanism, data):
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return check


if __name__ == "__main__":
    main(*sys.argv[1:])
