"""What goes there and back, as examples: in the published schema and on the page of the API. Tests make these calls."""

from core.api.describe import Empty
from interactions.frames import Ack

from . import forms, shapes

LINE = "5a7b0d3e-2f64-4c8e-9a11-6d1f0c2b7e90"
CHAT = "b7d1c2e4-3f5a-4d6b-9c8e-1a2b3c4d5e6f"
AGENT = "8c2e6a54-7d0b-4e0e-9a3c-2b1f4d5e6f70"

BODIES = {
    forms.NewLine: {"id": LINE, "text": "My router restarts every night."},
    forms.NewAgentLine: {"id": LINE, "text": "I look at the line.", "lane": "public"},
    forms.LeftMessage: {"id": LINE, "text": "Please call me back."},
    forms.SurveyAnswers: {"answers": {"content": "5"}},
    forms.AskedTranscript: {"id": LINE, "to": "kim@example.org"},
    forms.Start: {
        "routing_point": "website",
        "client_id": "0d9f4f0e-51c7-4b0c-8f0e-3c1d5a9b2e77",
        "name": "Kim Lee",
        "email": "kim@example.org",
        "fields": {"topic": "Billing"},
        "language": "en",
        "page": "https://harbour.example/shop/",
    },
    forms.SetStatus: {"channel": "chat", "status": "ready", "after_last": False},
    forms.Invite: {"target": {"type": "agent", "id": AGENT}, "note": "Knows fibre."},
    forms.Consult: {"target": {"type": "agent", "id": AGENT}, "medium": "chat", "note": "A refund?"},
    forms.Transfer: {"version": 7, "target": {"type": "agent", "id": AGENT}, "note": "Wants a refund."},
    forms.End: {"version": 7, "expect": "pass"},
    forms.OwnerVersion: {"version": 7},
    forms.Disposition: {"codes": ["c1f3b0a2-9d4e-4a6b-8f77-5e2d1c0b9a88"]},
    forms.Note: {"text": "Called back on Monday."},
    forms.SetCase: {"key": "order", "value": "A-17", "expect": ""},
    forms.SetTail: {"seconds": 60},
    forms.Nothing: {},
    forms.Beat: {"input": True},
    forms.CallTab: {"tab": "tab"},
    forms.NewCall: {"agent": AGENT, "tab": "tab"},
    forms.HangUp: {"why": "hung_up"},
    forms.Unlock: {"password": "three plain words"},
    forms.SetSettings: {"theme": "dark", "text_size": "large", "volume_offer": 80},
    forms.Accept: {},
    forms.InstantMessage: {"id": LINE, "text": "Have you a minute?"},
    forms.Mail: {"id": LINE, "subject": "Your chat", "text": "Hello Kim, as promised."},
    forms.SeenUpTo: {"number": 12},
}
ANSWERS = {
    Empty: {},
    Ack: {"type": "ack", "id": LINE, "interaction": CHAT, "lane": "public", "number": 12},
    shapes.Started: {
        "chat": CHAT,
        "token": "kept by the contact's browser; opens this chat and no other",
        "state": "waiting",
        "position": 2,
        "estimated_wait": 90,
        "staffed": True,
    },
}
