"""A block for alarms by e-mail: the mail server, the addresses and the password lie in Prefect, encrypted.

Prefect itself brings blocks for chat and paging services and for one mailing service, none for a mail server.
"""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from typing import Literal, Self

from prefect.blocks.abstract import NotificationBlock
from pydantic import Field, SecretStr, model_validator

_TIMEOUT_SECONDS = 20


class Mail(NotificationBlock):
    """Sends alarms of article-etl as e-mail, through a mail server (SMTP)."""

    _block_type_name = "Mail"
    _block_type_slug = "mail"

    host: str = Field(description="Name of the mail server.")
    port: int = Field(default=587, ge=1, le=65535, description="587 goes with starttls, 465 with tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls",
        description="How the connection is encrypted; none only for a server on this machine or network.",
    )
    sender: str = Field(description="Address that the mails come from.")
    recipients: list[str] = Field(min_length=1, description="Addresses that they go to.")
    user: str | None = Field(default=None, description="Where the server asks for one.")
    password: SecretStr | None = Field(default=None, description="Of that user.")

    @model_validator(mode="after")
    def _no_password_in_the_open(self) -> Self:
        if self.password is not None and self.security == "none":
            raise ValueError("a password is only sent encrypted: set security to starttls or tls")
        return self

    async def notify(self, body: str, subject: str | None = None) -> None:
        """Send one mail to all recipients.

        Raises:
            smtplib.SMTPException: the server does not take it, or does not encrypt as it should.
            OSError: it cannot be reached.
        """
        await asyncio.to_thread(self._send, body, subject or "article-etl")

    def _send(self, body: str, subject: str) -> None:
        message = EmailMessage()
        message["From"] = self.sender
        message["To"] = ", ".join(self.recipients)
        message["Subject"] = " ".join(subject.split())
        message.set_content(body)
        context = ssl.create_default_context()
        server: smtplib.SMTP
        if self.security == "tls":
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_SECONDS)
        with server:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user is not None:
                server.login(self.user, self.password.get_secret_value() if self.password else "")
            refused = server.send_message(message)
        if refused:
            raise smtplib.SMTPRecipientsRefused(refused)
