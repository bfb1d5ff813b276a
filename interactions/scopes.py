"""Scopes of tokens for what agents do."""

from core.scopes import NoToken, declare

CHATS_READ = declare("chats:read", "read the owner's workspace: their chats, lines, targets, history")
CHATS_WRITE = declare("chats:write", "handle the owner's chats: accept, write, invite, transfer, end, outcome")
STATUS_WRITE = declare("status:write", "set the owner's status and settings")
IM_READ = declare("instant_messages:read", "read the owner's instant messages")
IM_WRITE = declare("instant_messages:write", "write instant messages as the owner")

OF_SESSION = NoToken("A lock belongs to a session in a browser, and a program has none.")
OF_BROWSER = NoToken("The sound of a call is carried by a browser's tab; sign in there.")
OF_CONTACTS = NoToken("Contacts have the token of their own chat.")
OF_ANYBODY = NoToken("Anybody may start a chat; no token is needed.")
