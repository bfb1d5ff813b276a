"""What API tokens may be used for. Each app declares its scopes; a call of the API names one, or why it has none."""


class Scope(str):
    """The name of a scope, as tokens hold it and the schema shows it; `words` for people."""

    words = ""


class NoToken(str):
    """Instead of a scope: this call takes no API token, and why, in words."""


_declared: dict[str, Scope] = {}


def declare(name: str, words: str) -> Scope:
    """A scope that tokens can be given."""
    scope = Scope(name)
    scope.words = words
    _declared[name] = scope
    return scope


def known() -> dict[str, Scope]:
    """All scopes, by name."""
    return dict(sorted(_declared.items()))
