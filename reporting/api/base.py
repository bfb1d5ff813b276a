"""Who may call: supervisors and staff, and programs in their name."""

from functools import partial

from rest_framework.permissions import IsAuthenticated

from core.api.describe import described
from core.api.tokens import OpenView
from reporting import permissions

TAG = "reports"


def for_reports(id: str, answer: type, *, errors=(), **kwargs):
    """Describe a call of the reports."""
    return described(id, TAG, answer, errors={401, 403, 429, *errors}, **kwargs)


of_report = partial(for_reports, errors=(404,))


class ReportView(OpenView):
    """A call that only reads."""

    permission_classes = (IsAuthenticated,)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self.scope = permissions.require(request.user, self.session)
