"""Where messages may go: against a real server, and names that lead elsewhere."""

import http.client
import ipaddress
import socket
import ssl
import subprocess
import threading

import pytest

from tests import servers
from webhooks import outbound
from webhooks.outbound import Problem

pytestmark = pytest.mark.once


def post(url: str) -> None:
    outbound.post(url, b"{}", {"webhook-id": "1"})


def problem(url: str) -> Problem:
    with pytest.raises(Problem) as found:
        post(url)
    return found.value


@pytest.fixture
def names(monkeypatch):
    """names[host] = [answer, answer, ...]: each look-up takes the next, the last stays. Gives what was asked."""
    real, table, asked = socket.getaddrinfo, {}, []

    def look_up(host, port, *args, **kwargs):
        if host not in table:
            return real(host, port, *args, **kwargs)
        asked.append(host)
        answers = table[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        family = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in found]
        return [(kind, socket.SOCK_STREAM, 6, "", (each, port)) for kind, each in zip(family, found, strict=True)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    table["asked"] = asked
    return table


PRIVATE = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::1",
    "2001:0:a00:1::1",
    "::127.0.0.1",
    "::ffff:0:10.0.0.1",
    "3fff::1",
    "5f00::1",
)


@pytest.mark.parametrize("address", PRIVATE)
def test_no_private_address(address, names, settings):
    settings.WEBHOOK_NETWORKS = []
    names["hooks.example.com"] = [[address]]
    assert "a network that nothing is sent to" in problem("https://hooks.example.com/").words


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_public_addresses_are_allowed(address, settings):
    """The control of the one above."""
    settings.WEBHOOK_NETWORKS = []
    assert outbound.permitted(address)


def test_one_private_address_among_public_ones_is_enough(names, settings):
    settings.WEBHOOK_NETWORKS = []
    names["hooks.example.com"] = [["93.184.216.34", "10.0.0.7"]]
    assert "10.0.0.7" in problem("https://hooks.example.com/").words


def test_named_networks_are_allowed_and_no_others(settings, listener):
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.2/32")]
    assert "nothing is sent to" in problem(listener.url()).words and listener.got == []
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    post(listener.url())
    assert len(listener.got) == 1


def test_a_name_that_leads_elsewhere_a_moment_later_changes_nothing(names, settings, listener):
    """DNS rebinding: checked is 127.0.0.2, where nobody listens; the second answer would be the listener."""
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.2/32")]
    names["rebind.example.com"] = [["127.0.0.2"], ["127.0.0.1"]]
    assert "cannot be reached" in problem(listener.url(host="rebind.example.com")).words
    assert listener.got == [] and names["asked"] == ["rebind.example.com"]


def test_without_the_pin_it_would(names, settings, listener):
    """The control: who checks a name and then connects by name is led to the listener."""
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.2/32")]
    names["rebind.example.com"] = [["127.0.0.2"], ["127.0.0.1"]]
    outbound.addresses(outbound.target(listener.url(host="rebind.example.com")))
    connection = http.client.HTTPConnection("rebind.example.com", listener.server_port, timeout=5)
    connection.request("POST", "/", b"{}")
    connection.getresponse().read()
    connection.close()
    assert len(listener.got) == 1


def test_plain_http_is_for_named_networks_only(names, settings):
    settings.WEBHOOK_NETWORKS = []
    names["hooks.example.com"] = [["93.184.216.34"]]
    assert "must be reached by https" in problem("http://hooks.example.com/").words


@pytest.mark.parametrize(
    ("status", "everywhere", "gone"),
    [
        (400, False, False),
        (404, True, False),
        (410, True, True),
        (429, True, False),
        (500, True, False),
        (503, True, False),
    ],
)
def test_what_is_no_success_is_a_problem_in_words(named, listener, status, everywhere, gone):
    listener.answers["/bad"] = status
    found = problem(listener.url("/bad"))
    assert found.words.startswith(f"It answered {status} ") and (found.everywhere, found.gone) == (everywhere, gone)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_success_counts(named, listener, status):
    listener.answers["/good"] = status
    post(listener.url("/good?a=b"))
    assert listener.got == [] or listener.got[0][0].startswith("/good")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_not_followed(named, listener, status):
    listener.answers["/redirect"] = status
    assert "redirects are not followed" in problem(listener.url("/redirect")).words
    assert [path for path, _, _ in listener.got] == ["/redirect"]


@pytest.mark.parametrize("path", ["/slow", "/drip"])
def test_a_server_that_takes_its_time_is_left(named, listener, monkeypatch, path):
    """Also one that sends a little again and again, so that no single wait is long."""
    monkeypatch.setattr(outbound, "ALL_SECONDS", 0.3)
    assert "no answer within" in problem(listener.url(path)).words


@pytest.mark.parametrize("path", ["/ok", "/drip"])
def test_a_time_that_was_over_before_the_connection_stood_is_over(named, listener, monkeypatch, path):
    monkeypatch.setattr(outbound, "ALL_SECONDS", 0.0)
    connect = socket.create_connection

    def slowly(*args):
        made = connect(*args)
        assert clock.wait(5)
        return made

    clock, cut = threading.Event(), outbound._Pinned._cut
    monkeypatch.setattr(outbound._Pinned, "_cut", lambda self: (cut(self), clock.set()))
    monkeypatch.setattr(socket, "create_connection", slowly)
    assert "cannot be reached" in problem(listener.url(path)).words


def test_nobody_there(named):
    assert "Connection refused" in problem(f"http://127.0.0.1:{servers.free_port()}/").words


def test_a_name_that_is_not_known(named, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert problem("https://nobody.example.com/").words == "The name nobody.example.com is not known."


def test_the_certificate_is_asked_for_the_name(named, tmp_path, monkeypatch, names):
    """Connected to is an address; trusted is a certificate of the name, and no other."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=hooks.example.com"
    make += " -addext subjectAltName=DNS:hooks.example.com"
    subprocess.run([*make.split(), "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    names["hooks.example.com"] = names["other.example.com"] = [["127.0.0.1"]]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        thread = threading.Thread(target=answer_three, args=(server, context), daemon=True)
        thread.start()
        assert "certificate is not trusted" in problem(f"https://hooks.example.com:{port}/").words
        monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        assert "certificate is not trusted" in problem(f"https://other.example.com:{port}/").words
        post(f"https://hooks.example.com:{port}/")
        thread.join(10)


def answer_three(server, context) -> None:
    for _ in range(3):
        plain, _ = server.accept()
        try:
            with context.wrap_socket(plain, server_side=True) as secure:
                asked = b""
                while not asked.endswith(b"{}"):
                    asked += secure.recv(65536) or b"{}"
                secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        except OSError:
            plain.close()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "https://",
        "https://user:pw@example.com/",
        "https://example.com/#part",
        "https://example.com:0x50/",
        "https://example.com:99999/",
        "file:///etc/passwd",
        "https://exämple.com/",
        "https://example.com/a b",
        "",
    ],
)
def test_what_is_no_address(url):
    with pytest.raises(ValueError, match=r"\.$"):
        outbound.target(url)
