"""Outgoing e-mail: a title and where to read on, nothing confidential; in the demo a file in the home folder."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _


class MailError(RuntimeError):
    """A mail did not go out; the message says why."""


def send_mail(*, to: str, title: str, link: str) -> None:
    """Send one mail that says what there is and where to read it. Raises MailError."""
    address = f"{settings.KERONG_ADDRESS.rstrip('/')}{link}" if settings.KERONG_ADDRESS else link
    body = _(
        "{title}\n\n请登录科融查看：{address}\n\n邮件只有标题；内容在系统里。不想再收邮件，请在“通知”页改设置。"
    ).format(title=title, address=address)
    # A line break in a title would begin a new header.
    subject = " ".join(f"[{_('科融')}] {title}".split())
    try:
        EmailMessage(subject=subject, body=body, to=[to]).send()
    except (SMTPException, OSError) as error:
        raise MailError(f"the mail server refused: {error}") from error
