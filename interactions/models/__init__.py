"""What happens."""

from .call import Call
from .consultation import Consultation
from .contact import Contact, ContactSession
from .conversation import Conversation, ConversationMember, Inbox, InstantMessage
from .decision import RoutingDecision
from .disposition import DispositionCode, DispositionFolder, DispositionRule, DispositionSet
from .favourite import Favourite
from .interaction import Interaction
from .invitation import Invitation
from .lane import Lane, Reader
from .mail import OutgoingMail
from .message import Message
from .party import Party
from .ring import Ring
from .segment import Segment
from .survey import Survey, SurveyAnswer, SurveyQuestion, SurveyReply

__all__ = [
    "Call",
    "Consultation",
    "Contact",
    "ContactSession",
    "Conversation",
    "ConversationMember",
    "DispositionCode",
    "DispositionFolder",
    "DispositionRule",
    "DispositionSet",
    "Favourite",
    "Inbox",
    "InstantMessage",
    "Interaction",
    "Invitation",
    "Lane",
    "Message",
    "OutgoingMail",
    "Party",
    "Reader",
    "Ring",
    "RoutingDecision",
    "Segment",
    "Survey",
    "SurveyAnswer",
    "SurveyQuestion",
    "SurveyReply",
]
