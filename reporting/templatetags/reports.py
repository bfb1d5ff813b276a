"""Who is shown the way to the reports."""

from django import template

from reporting import permissions

register = template.Library()
register.filter("may_report", permissions.may_report)
