"""The refusals that actions raise."""


class ParleyError(Exception):
    """A refusal: `code` for programs, `message` for people, `detail` for what helps to go on."""

    status = 400
    code = "invalid"

    def __init__(self, code: str = "", message: str = "", **detail):
        self.code = code or self.code
        self.message = message or self.code.replace("_", " ").capitalize() + "."
        self.detail = detail
        super().__init__(f"{self.code}: {self.message}")


class Invalid(ParleyError):
    """The request itself is wrong."""


class NotSignedIn(ParleyError):
    status = 401
    code = "not_signed_in"


class NotAllowed(ParleyError):
    """The actor may never do this."""

    status = 403
    code = "not_allowed"


class NotFound(ParleyError):
    """It does not exist, or the actor may not know of it."""

    status = 404
    code = "not_found"


class Conflict(ParleyError):
    """It cannot be done in the present state."""

    status = 409
    code = "conflict"


class TooBig(ParleyError):
    status = 413
    code = "too_big"


class TooMany(ParleyError):
    """Too often; `seconds` until it may be tried again."""

    status = 429
    code = "throttled"

    def __init__(self, seconds: int, message: str):
        super().__init__(message=message)
        self.seconds = seconds
