"""The form of an MCP server. It shows and reads; `servers` decides."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from thinkback.connections.invalid import Invalid
from thinkback.tools.models import Server

HELP = gettext_lazy("Its value is sealed on this server and never shown again.")


class ServerForm(forms.Form):
    """Name, address, and the header that lets us in; filled from `server`, or bound to `data`."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Of the MCP endpoint (Streamable HTTP)."),
        widget=forms.TextInput({"class": "mono", "inputmode": "url", "placeholder": "https://mcp.example.com/mcp"}),
    )
    secret = forms.CharField(
        label=gettext_lazy("Token or header value"),
        required=False,
        help_text=HELP,
        widget=forms.PasswordInput({"class": "mono", "autocomplete": "off", "spellcheck": "false"}),
    )
    header = forms.CharField(
        label=gettext_lazy("Name of the header"),
        required=False,
        help_text=gettext_lazy("Authorization, with “Bearer” before the token, if left empty."),
        widget=forms.TextInput({"class": "mono", "spellcheck": "false"}),
    )

    def __init__(self, server: Server | None = None, data: QueryDict | None = None) -> None:
        known = {} if server is None else {name: getattr(server, name) for name in ("name", "url", "header")}
        super().__init__(data, initial=known, auto_id="server-%s")

    def given(self) -> dict[str, str]:
        """What was sent."""
        return {name: str(self.data.get(name, "")) for name in (*self.fields, "forget")}

    def refuse(self, error: Invalid) -> None:
        """Show what is wrong at the fields at fault."""
        self.is_valid()
        for name, message in error.errors.items():
            self.errors.pop(name, None)
            self.add_error(name if name in self.fields else None, message)
