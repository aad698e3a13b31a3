"""A form with one field of every kind, for the page that shows the parts."""

from __future__ import annotations

from django import forms


class SpecimenForm(forms.Form):
    """Never saved."""

    name = forms.CharField(help_text="As it appears in the list.")
    password = forms.CharField(
        min_length=10, widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "off"})
    )
    host = forms.RegexField(r"^https://", error_messages={"invalid": "Begin with https://, or list the host first."})
    kind = forms.ChoiceField(choices=[("chat", "Chat"), ("image", "Image")])
    notes = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    sure = forms.BooleanField(label="I understand that this deletes the key", help_text="It cannot be brought back.")
    vault = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("server", "On the server, encrypted"), ("browser", "In this browser only")]
    )
    fixed = forms.CharField(disabled=True, initial="Cannot be changed", required=False)
