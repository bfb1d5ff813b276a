"""The pages as people use them: everything is found by its accessible name."""

import re
from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from tests.servers import PASSWORD

NAMES = {"ana": "Ana Ruiz", "bo": "Bo Lind", "cy": "Cy Marsh", "sue": "Sue Park"}


class Contact:
    """Kim on the contact's page."""

    def __init__(self, page: Page):
        self.page = page
        self.log = page.get_by_role("region", name="Conversation")
        self.field = page.get_by_role("textbox", name="Your message")

    def open(self) -> "Contact":
        self.page.goto("/chat/website/")
        return self

    def start(self, name="Kim Lee", topic: str | None = None) -> "Contact":
        self.page.get_by_label("Your name").fill(name)
        if topic:
            self.page.get_by_label("What is it about?").select_option(topic)
        self.page.get_by_role("button", name="Start chat").click()
        expect(self.field).to_be_visible()
        return self

    def says(self, text: str) -> None:
        self.field.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def types(self, text: str) -> None:
        """At the pace of a person: the page tells of it every three seconds at most."""
        self.field.press_sequentially(text, delay=250)

    def line(self, text: str) -> Locator:
        return self.log.get_by_role("listitem").filter(has_text=text)

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.line(text)).to_have_count(1)

    def sees(self, text: str | re.Pattern) -> None:
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    def leave(self) -> None:
        self.page.get_by_role("button", name="Leave", exact=True).click()
        self.page.get_by_role("button", name="Leave chat").click()


class Desk:
    """An agent at the workspace."""

    def __init__(self, page: Page, username: str):
        self.page, self.username = page, username
        self.name = NAMES[username]
        self.status = page.get_by_role("button", name=re.compile("^Status: "))
        self.main = page.get_by_role("main")
        self.heading = self.main.get_by_role("heading", level=1)
        self.transcript = page.get_by_role("region", name="Transcript")
        self.parties = page.get_by_role("list", name="Parties")
        self.items = page.get_by_role("navigation", name="Interactions and queues")
        self.field = page.get_by_role("textbox", name="Message", exact=True)
        self.previews = page.get_by_role("region", name="Interaction Preview")
        self.toolbar = page.get_by_role("toolbar", name="Chat")
        self.end_button = self.toolbar.get_by_role("button", name=re.compile("^End: (?!choose)"))
        self.done_button = page.get_by_role("button", name="Mark Done")

    def sign_in(self) -> "Desk":
        self.page.goto("/login/")
        self.page.get_by_label("User name").fill(self.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        expect(self.status).to_be_visible()
        return self

    # --- status -----------------------------------------------------------------------------

    def choose_status(self, label: str) -> None:
        self.status.click()
        self.page.get_by_role("menuitem", name=label, exact=True).click()

    def ready(self) -> "Desk":
        self.choose_status("Ready")
        self.is_set_to("Ready")
        return self

    def is_set_to(self, words: str) -> None:
        expect(self.status).to_have_accessible_name(re.compile(f"^Status: {re.escape(words)} since "))

    def log_off(self) -> None:
        self.page.get_by_role("button", name=self.name).click()
        self.page.get_by_role("menuitem", name="Log off").click()

    # --- Interaction Preview ----------------------------------------------------------------

    def preview(self, heading="Chat request") -> Locator:
        return self.previews.get_by_role("article", name=heading)

    def rings(self, heading="Chat request", *facts: str) -> Locator:
        expect(self.preview(heading)).to_be_visible()
        for fact in facts:
            expect(self.preview(heading)).to_contain_text(fact)
        return self.preview(heading)

    def silent(self) -> None:
        expect(self.previews.get_by_role("button", name="Accept")).to_have_count(0)

    def accept(self, heading="Chat request") -> None:
        self.rings(heading).get_by_role("button", name="Accept").click()
        expect(self.field).to_be_visible()

    def reject(self, heading="Chat request") -> None:
        self.rings(heading).get_by_role("button", name="Reject").click()

    # --- the window -------------------------------------------------------------------------

    def says(self, text: str) -> None:
        self.field.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()
        expect(self.field).to_have_value("")

    def says_to_agents(self, text: str) -> None:
        """Writes in the internal lane and goes back to the public one."""
        lanes = self.page.get_by_role("radiogroup", name="Lane")
        lanes.get_by_role("radio", name="Agents only").check(force=True)
        self.field.fill(text)
        self.page.get_by_role("button", name="Send to agents").click()
        lanes.get_by_role("radio", name="Public").check(force=True)

    def line(self, text: str) -> Locator:
        return self.transcript.get_by_role("paragraph").filter(has_text=text)

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.transcript.get_by_text(text, exact=True)).to_have_count(1)

    def party(self, name: str) -> Locator:
        return self.parties.get_by_role("listitem").filter(has_text=name)

    def chat(self, contact="Kim Lee") -> Locator:
        return self.items.get_by_role("link", name=contact)

    # --- Team Communicator ------------------------------------------------------------------

    def find(self, who: str, button="Instant Conference", action="Instant Chat Conference", of="Agents") -> Locator:
        """The button, Team Communicator, this target of a type; gives the action."""
        self.toolbar.get_by_role("button", name=button).click()
        self.page.get_by_role("radio", name=of, exact=True).check(force=True)
        self.page.get_by_role("combobox", name="Team Communicator").fill(who)
        self.page.get_by_role("option", name=re.compile(who)).click()
        return self.page.get_by_role("menuitem", name=action, exact=True)

    def note(self, who: str, text: str) -> None:
        if text:
            self.page.get_by_label(f"Note for {who}").fill(text)

    def conference(self, username: str, note="") -> None:
        action = self.find(NAMES[username])
        self.note(NAMES[username].split()[0], note)
        action.click()
        expect(self.party(f"{NAMES[username].split()[0]}")).to_be_visible()

    def consult(self, username: str, note="") -> None:
        action = self.find(NAMES[username], "Start Consultation", "Start Chat Consultation")
        self.note(NAMES[username].split()[0], note)
        action.click()
        expect(self.party(NAMES[username].split()[0])).to_contain_text("consultation, ringing")

    def transfer(self, who: str, note="", of="Agents") -> None:
        action = self.find(who, "Instant Transfer", "Instant Chat Transfer", of)
        self.note(who.split()[0], note)
        action.click()

    # --- consultations ----------------------------------------------------------------------

    def consultation(self, name: str) -> Locator:
        """The column beside the transcript."""
        return self.main.get_by_role("region", name=f"Consultation with {name}")

    def advises(self, inviter: str) -> None:
        """Accepts a consultation request."""
        self.rings(f"Consultation request from {inviter}").get_by_role("button", name="Accept").click()
        expect(self.consultation(inviter)).to_be_visible()

    def says_beside(self, name: str, text: str) -> None:
        field = self.consultation(name).get_by_role("textbox", name=f"Message to {name}")
        field.fill(text)
        self.consultation(name).get_by_role("button", name=f"Send to {name}").click()
        expect(field).to_have_value("")

    def reads_beside(self, name: str, text: str) -> None:
        expect(self.consultation(name).get_by_role("paragraph").get_by_text(text, exact=True)).to_have_count(1)

    # --- the end ----------------------------------------------------------------------------

    def offers(self, face: str) -> None:
        expect(self.end_button).to_have_accessible_name(f"End: {face}")

    def end(self, face: str) -> None:
        self.offers(face)
        self.end_button.click()

    def ended(self) -> Locator:
        return self.page.get_by_role("region", name="Ended")

    def choose_outcome(self, code: str) -> None:
        self.page.get_by_role("radio", name=code).check()
        expect(self.page.get_by_role("group", name="Disposition")).to_contain_text("set")

    def mark_done(self) -> None:
        expect(self.done_button).not_to_have_attribute("aria-disabled", "true")
        self.done_button.click()

    def idle(self) -> None:
        expect(self.heading).to_have_text("No chat now")

    def has_no_scroll(self) -> None:
        """The page itself never scrolls sideways."""
        wide, shown = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown, f"{wide} > {shown}"


def all_read(texts: Sequence[str], *people: Contact | Desk) -> None:
    for one in people:
        one.reads(*texts)
