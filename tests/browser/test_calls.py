"""Voice calls between agents' browsers, with sound that is measured at the far end."""

import re
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from . import on_sqlite
from .own import CHROMIUM, FLAGS
from .pages import NAMES, Desk
from .test_access import check
from .watch import Watch, words

MICROPHONE = ["--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection"]
AUDIBLE, SILENT = 0.02, 0.001
SIGNS = {"call", "calls", "calling", "caller", "callee", "voice", "signal", "signals", "sdp", "candidate", "bo", "lind"}

# The loudest sample of two seconds of what the other end sends.
LEVEL = """
async () => {
    const context = new AudioContext();
    await context.resume();
    const stream = document.querySelector("audio").srcObject;
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let loudest = 0;
    const end = performance.now() + 2000;
    while (performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        analyser.getFloatTimeDomainData(samples);
        for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
    }
    await context.close();
    return loudest;
}
"""


@pytest.fixture(scope="module")
def phones(chromium):
    """A browser with a microphone that beeps; whether it is given is each context's permission."""
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *MICROPHONE])
    yield browser
    browser.close()


@pytest.fixture
def phone(phones, site, watch):
    """phone("ana"): her workspace, Ready, with a microphone; `allowed`: the browser gives it."""
    with ExitStack() as around:

        def open_phone(username: str, *, allowed=True, prepare=lambda page: None, ready=True) -> Caller:
            options = {"viewport": {"width": 1280, "height": 720}, "locale": "en-GB"}
            context = phones.new_context(base_url=site.url, **options)
            around.callback(context.close)
            if allowed:
                context.grant_permissions(["microphone"], origin=site.url)
            page = context.new_page()
            watch.page(page, username)
            prepare(page)
            caller = Caller(page, username)
            caller.sign_in()
            return caller.ready() if ready else caller

        yield open_phone


class Caller(Desk):
    """An agent with a microphone."""

    def __init__(self, page: Page, username: str):
        super().__init__(page, username)
        self.bar = page.get_by_role("region", name="Call", exact=True)
        self.nickname = self.name.split()[0]

    def calls(self, username: str) -> None:
        """From the Team Communicator."""
        self.page.keyboard.press("Control+k")
        self.page.get_by_role("combobox", name="Team Communicator").fill(NAMES[username])
        self.page.get_by_role("option", name=re.compile(NAMES[username])).click()
        self.page.get_by_role("menuitem", name="Call", exact=True).click()

    def button(self, name: str):
        return self.bar.get_by_role("button", name=name)

    def is_told(self, words: str) -> None:
        expect(self.bar).to_contain_text(words)

    def answers(self) -> None:
        self.button("Accept").click()

    def speaks_with(self, nickname: str) -> None:
        self.is_told(f"In a call with {nickname}")

    def hears(self) -> None:
        self._until(lambda: self._level() > AUDIBLE, "hears nothing")

    def hears_nothing(self) -> None:
        """What was said before may still be on its way."""
        self._until(lambda: self._level() < SILENT, "still hears something")

    def _until(self, true, problem: str) -> None:
        assert any(true() for _ in range(10)), f"{self.name} {problem}"

    def _level(self) -> float:
        return self.page.evaluate(LEVEL)

    def has_no_call(self) -> None:
        expect(self.bar).to_have_count(0)
        expect(self.page.locator("audio")).to_have_count(0)


def connect(ana: Caller, username: str, bo: Caller) -> None:
    ana.calls(username)
    bo.is_told(f"{ana.nickname} is calling")
    speak(ana, bo)


def speak(ana: Caller, bo: Caller, answer=None) -> None:
    """Bo answers. Ten seconds to connect are the product's limit, not the test machine's: then Ana calls again."""
    (answer or bo.answers)()
    for _ in range(2):
        expect(bo.bar).to_contain_text(re.compile(f"In a call with {ana.nickname}|No connection"))
        if bo.bar.get_by_text("No connection").count() == 0:
            break
        ana.button(f"Call {bo.nickname}").click()
        bo.is_told(f"{ana.nickname} is calling")
        bo.answers()
    ana.speaks_with(bo.nickname)
    bo.speaks_with(ana.nickname)


def test_a_call_with_sound_both_ways(phone, shot):
    ana, bo = phone("ana"), phone("bo")
    ana.calls("bo")
    ana.is_told("Calling Bo")
    bo.is_told("Ana is calling")
    shot(bo.page, "rings")
    check(bo.page)
    speak(ana, bo)
    shot(ana.page, "in a call")
    check(ana.page)
    ana.hears()
    bo.hears()
    expect(ana.bar.get_by_role("timer")).to_have_text(re.compile(r"^0:\d\d$"))
    ana.button("Mute").click()
    expect(ana.button("Mute")).to_have_attribute("aria-pressed", "true")
    bo.hears_nothing()
    ana.hears()
    ana.button("Mute").click()
    bo.hears()
    bo.button("Hang up").click()
    bo.has_no_call()
    ana.is_told("Bo hung up, after 0:")
    ana.button("Close").click()
    ana.has_no_call()


@on_sqlite
def test_two_calls_between_four_browsers_at_once(phone):
    ana, bo, cy, sue = (phone(name) for name in ("ana", "bo", "cy", "sue"))
    connect(ana, "bo", bo)
    connect(cy, "sue", sue)
    for one in (ana, bo, cy, sue):
        one.hears()
    sue.page.keyboard.press("Control+k")
    sue.page.get_by_role("combobox", name="Team Communicator").fill("Ana Ruiz")
    sue.page.get_by_role("option", name=re.compile("Ana Ruiz")).click()
    entry = sue.page.get_by_role("menuitem", name="Call", exact=True)
    expect(entry).to_have_attribute("aria-disabled", "true")
    expect(entry).to_have_accessible_description("You are in a call already.")
    sue.page.keyboard.press("Escape")
    ana.button("Hang up").click()
    bo.is_told("Ana hung up")
    cy.hears()
    sue.hears()


@on_sqlite
def test_declined_cancelled_and_by_keys(phone):
    ana, bo = phone("ana"), phone("bo")
    ana.calls("bo")
    bo.is_told("Ana is calling")
    bo.page.keyboard.press("Shift+F8")
    expect(bo.bar).to_be_focused()
    bo.page.keyboard.press("Escape")
    bo.has_no_call()
    ana.is_told("Bo declined the call.")
    ana.button("Close").click()
    ana.calls("bo")
    bo.is_told("Ana is calling")
    ana.button("Hang up").click()
    ana.has_no_call()
    bo.is_told("Missed call from Ana.")
    bo.button("Call Ana").click()
    ana.is_told("Bo is calling")
    ana.page.keyboard.press("Shift+F8")
    speak(bo, ana, answer=lambda: ana.page.keyboard.press("Enter"))
    ana.page.keyboard.press("m")
    expect(ana.button("Mute")).to_have_attribute("aria-pressed", "true")


@on_sqlite
def test_a_microphone_that_the_browser_does_not_give(phone):
    """On the one side nothing is placed; on the other it rings on, and can be answered once it is given."""
    ana, bo = phone("ana"), phone("bo", allowed=False)
    bo.calls("ana")
    bo.is_told("The browser does not give the microphone.")
    expect(ana.bar).to_have_count(0)
    bo.button("Close").click()
    ana.calls("bo")
    bo.answers()
    bo.is_told("The browser does not give the microphone.")
    ana.is_told("Calling Bo")
    bo.page.context.grant_permissions(["microphone"])
    speak(ana, bo)
    ana.hears()


@on_sqlite
def test_a_browser_without_a_microphone(phone, desk):
    phone("bo")
    ana = Caller(desk("ana", permissions=["microphone"]).page, "ana").ready()
    ana.calls("bo")
    ana.is_told("No microphone was found.")


@on_sqlite
def test_a_call_that_does_not_connect_ends_in_words(phone):
    """Accepted, but the browsers cannot find each other: over within ten seconds, on both sides."""
    ana, bo = phone("ana", prepare=without_signals), phone("bo")
    ana.calls("bo")
    bo.is_told("Ana is calling")
    bo.answers()
    bo.is_told("Connecting to Ana")
    for one, other in ((ana, "Bo"), (bo, "Ana")):
        one.is_told(f"No connection to {other} within ten seconds.")
        expect(one.page.locator("audio")).to_have_count(0)
    expect(ana.button("Call Bo")).to_be_visible()


def without_signals(page: Page) -> None:
    """What this browser tells the other one is lost on its way."""

    def pass_on(socket) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda text: None if '"type":"signal"' in text else server.send(text))

    page.route_web_socket(re.compile("/ws/agent/"), pass_on)


@on_sqlite
def test_a_page_that_is_reloaded_ends_its_call_and_says_so(phone):
    ana, bo = phone("ana"), phone("bo")
    connect(ana, "bo", bo)
    ana.page.on("dialog", lambda dialog: dialog.accept())
    ana.page.reload()
    bo.is_told("The call ended: Ana's page was closed or reloaded, after 0:")
    ana.is_told("The call with Bo ended because this page was closed or reloaded")


@on_sqlite
def test_other_tabs_show_the_call_and_may_hang_up(phone, watch: Watch):
    ana, bo = phone("ana"), phone("bo")
    connect(ana, "bo", bo)
    second = Caller(ana.page.context.new_page(), "ana")
    watch.page(second.page, "ana")
    second.page.goto("/")
    second.is_told("In a call with Bo, in another tab")
    expect(second.button("Mute")).to_have_count(0)
    second.button("Hang up").click()
    ana.has_no_call()
    bo.is_told("Ana hung up")


@on_sqlite
def test_a_browser_that_dies_ends_the_call(phone, site):
    ana, bo = phone("ana"), phone("bo")
    connect(ana, "bo", bo)
    site.run("""
from core.models import Lease
from django.db.models import F
from interactions.actions import calls
from interactions.models import Call
from django.utils import timezone
Lease.objects.filter(holder__startswith="agent.", tab=Call.objects.get().caller_tab).delete()
calls.lose(Call.objects.get().id, now=timezone.now())
""")
    for one, other in ((ana, "Bo"), (bo, "Ana")):
        one.is_told(f"The connection to {other} was lost")
        expect(one.page.locator("audio")).to_have_count(0)


@on_sqlite
def test_the_contact_gets_no_sign_of_a_call(phone, contact, watch: Watch):
    kim = contact().start()
    ana = phone("ana")
    ana.accept()
    bo = phone("bo")
    watch.forget("contact")
    connect(ana, "bo", bo)
    expect(bo.bar).not_to_contain_text("Kim Lee")
    bo.button("Hang up").click()
    ana.is_told("Bo hung up")
    ana.says("Still here")
    kim.reads("Still here")
    told = words(watch.received("contact"))
    assert {"still", "here"} <= told
    assert not SIGNS & told


CONSULT = """
async (chat) => {
    const ask = async (path, body) => {
        const token = document.cookie.split("csrftoken=")[1].split(";")[0];
        const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
        const how = body ? { method: "POST", headers, body: JSON.stringify(body) } : {};
        return (await fetch(`/api/v1/${path}`, how)).json();
    };
    const bo = (await ask("targets?q=bo&types=agent")).results[0].id;
    return ask(`interactions/${chat}/consultations`, { target: { type: "agent", id: bo }, medium: "voice" });
}
"""


@on_sqlite
def test_a_voice_consultation_is_spoken_at_once(phone, contact, site):
    """Who accepts calls, who asked answers by itself; the consultation's end ends the call."""
    contact().start()
    ana = phone("ana")
    ana.accept()
    bo = phone("bo")
    assert ana.page.evaluate(CONSULT, ana.page.evaluate("location.hash.slice(1)"))["invitation"]["medium"] == "voice"
    bo.previews.get_by_role("button", name="Accept").click()
    bo.speaks_with("Ana")
    ana.speaks_with("Bo")
    ana.hears()
    bo.hears()
    site.run("""
from django.utils import timezone
from interactions.actions import consultation
from interactions.models import Consultation
found = Consultation.objects.select_related("requester__agent").get()
consultation.end(found.id, by=found.requester.agent, now=timezone.now())
""")
    bo.is_told("The consultation with Ana has ended, and the call with it")
    ana.is_told("The consultation with Bo has ended, and the call with it")


@on_sqlite
def test_each_channel_has_a_status_of_its_own(phone):
    ana = phone("ana", ready=False)
    ana.status.click()
    ana.page.get_by_role("menuitemradio", name="Voice: Not Ready").click()
    ana.page.get_by_role("menuitem", name="Ready", exact=True).click()
    ana.is_set_to("Ready on 1 of 2")
    ana.choose_status("Ready")
    ana.is_set_to("Ready")
    ana.status.click()
    ana.page.get_by_role("menuitemradio", name="Chat: Ready").click()
    ana.page.get_by_role("menuitem", name="Do Not Disturb").click()
    ana.is_set_to("Ready on 1 of 2")
    expect(ana.status).to_have_attribute(
        "title", re.compile("Chat: Do Not Disturb since .*\nVoice: Ready since ", re.DOTALL)
    )


@on_sqlite
def test_the_microphone_belongs_to_the_workspace_alone(phone, watch: Watch):
    """On a page of ours that is no workspace the browser does not give it, whatever it was allowed."""
    watch.expect("Permissions policy violation: microphone", "blocked because of a permissions policy")
    ana = phone("ana")
    asks = "navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'given', ({ name }) => name)"
    assert ana.page.evaluate(asks) == "given"
    ana.page.goto("/chat/website/")
    assert ana.page.evaluate(asks) == "NotAllowedError"
