"""Addresses of the HTTP surface."""

from django.urls import path

from . import contact, conversations, desk, history, interactions

urlpatterns = [
    path("contact/chats", contact.Chats.as_view()),
    path("contact/chats/<uuid:chat>", contact.Chat.as_view()),
    path("contact/chats/<uuid:chat>/messages", contact.ChatMessages.as_view()),
    path("contact/chats/<uuid:chat>/message", contact.ChatMessage.as_view()),
    path("contact/chats/<uuid:chat>/leave", contact.ChatLeave.as_view()),
    path("desk", desk.Desk.as_view()),
    path("me/status", desk.MyStatus.as_view()),
    path("me/beat", desk.MyBeat.as_view()),
    path("me/settings", desk.MySettings.as_view()),
    path("me/lock", desk.MyLock.as_view()),
    path("me/unlock", desk.MyUnlock.as_view()),
    path("targets", desk.Targets.as_view()),
    path("me/favourites/<str:type>/<uuid:target>", desk.MyFavourite.as_view()),
    path("conversations", conversations.Conversations.as_view()),
    path("conversations/<uuid:agent>/messages", conversations.ConversationMessages.as_view()),
    path("conversations/<uuid:agent>/seen", conversations.ConversationSeen.as_view()),
    path("disposition-sets/<uuid:set>", desk.DispositionSet.as_view()),
    path("invitations/<uuid:invitation>/accept", interactions.InvitationAccept.as_view()),
    path("invitations/<uuid:invitation>/reject", interactions.InvitationReject.as_view()),
    path("invitations/<uuid:invitation>/cancel", interactions.InvitationCancel.as_view()),
    path("interactions/<uuid:interaction>", interactions.One.as_view()),
    path("interactions/<uuid:interaction>/messages", interactions.Messages.as_view()),
    path("interactions/<uuid:interaction>/conference", interactions.Conference.as_view()),
    path("interactions/<uuid:interaction>/end", interactions.End.as_view()),
    path("interactions/<uuid:interaction>/parties/<uuid:party>", interactions.OneParty.as_view()),
    path("interactions/<uuid:interaction>/disposition", interactions.Disposition.as_view()),
    path("interactions/<uuid:interaction>/note", interactions.Note.as_view()),
    path("interactions/<uuid:interaction>/case", interactions.Case.as_view()),
    path("interactions/<uuid:interaction>/done", interactions.Done.as_view()),
    path("interactions/<uuid:interaction>/tail", interactions.Tail.as_view()),
    path("interactions/<uuid:interaction>/history", history.History.as_view()),
    path("interactions/<uuid:interaction>/history/<uuid:past>", history.Past.as_view()),
    path("interactions/<uuid:interaction>/routing", interactions.Routing.as_view()),
]
