"""Who may call: supervisors and staff, with the session cookie."""

from functools import partial

from rest_framework.permissions import IsAuthenticated

from core.api.base import SessionCookie, View
from core.api.describe import described
from reporting import permissions

TAG = "reports"


def for_reports(id: str, answer: type, *, errors=(), **kwargs):
    """Describe a call of the reports."""
    return described(id, TAG, answer, errors={401, 403, *errors}, **kwargs)


of_report = partial(for_reports, errors=(404,))


class ReportView(View):
    """A call that only reads."""

    authentication_classes = (SessionCookie,)
    permission_classes = (IsAuthenticated,)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        permissions.require(request.user, request.session.session_key)
