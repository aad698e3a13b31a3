"""What people fill in about accounts and tokens."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from allauth.account import forms as allauth_forms
from allauth.core import context
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from proxy.call import Limits
from thinkback import lower_limits
from thinkback.accounts import first, origins, tokens
from thinkback.accounts.models import SCOPES, User
from thinkback.languages.numbers import whole

DAYS = {
    "": gettext_lazy("Never"),
    "7": gettext_lazy("In 7 days"),
    "30": gettext_lazy("In 30 days"),
    "90": gettext_lazy("In 90 days"),
    "365": gettext_lazy("In a year"),
}


class SignupForm(allauth_forms.SignupForm):  # type: ignore[misc]  # allauth has no types
    """allauth's, with the setup code for a first visitor who does not sit at the server."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = gettext_lazy("E-mail")  # the page says by itself what is optional
        self.fields["email"].widget.attrs.pop("placeholder", None)
        self.first_visitor = first.nobody()
        self.needs_code = self.first_visitor and not first.sits_here(context.request)
        if self.needs_code:
            self.fields["code"] = forms.CharField(
                label=gettext_lazy("Setup code"),
                max_length=100,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
            )

    def clean_code(self) -> str:
        """The code that the server printed."""
        code = str(self.cleaned_data["code"])
        if not first.is_code(code):
            raise ValidationError(_("This is not the code. Copy it from where the server was started."))
        return code


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for mypy only
    """What people may change about themselves."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("Days on the usage page begin at its midnight.")
    )

    class Meta:
        model = User
        fields = ("email", "language", "timezone")
        labels = {"email": gettext_lazy("E-mail")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones() - {"localtime"})]
        languages = [("", _("As the browser asks for")), *settings.LANGUAGES]
        for name, choices in (("timezone", zones), ("language", languages)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_email(self) -> str:
        """Nobody else's."""
        email = str(self.cleaned_data["email"]).lower()
        if email and User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another account has this address."))
        return email


class OriginForm(forms.Form):
    """One more web origin that may call."""

    origin = forms.CharField(
        label=gettext_lazy("Origin"),
        max_length=255,
        widget=forms.URLInput(attrs={"placeholder": "https://app.example", "class": "mono"}),
    )

    def clean_origin(self) -> str:
        """In the form that browsers send."""
        return origins.valid(self.cleaned_data["origin"])


class LimitsForm(forms.Form):
    """Lower limits than `most`; an empty field leaves what there is."""

    def __init__(self, *args: Any, most: Limits, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, number in asdict(most).items():
            self.fields[name] = forms.IntegerField(
                label=_(lower_limits.LABELS[name]),
                required=False,
                min_value=1,
                max_value=number,
                help_text=_("At most %(number)s.") % {"number": whole(number)},
            )

    def limits(self) -> dict[str, int]:
        """What a valid form sets."""
        found = {name: self.cleaned_data[name] for name in lower_limits.LABELS}
        return {name: number for name, number in found.items() if number is not None}


class TokenForm(LimitsForm):
    """A new token, with limits of its own if it shall have any."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=tokens.NAME_LENGTH, help_text=gettext_lazy("Where it will be used.")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=list(SCOPES.items()),
        initial=["proxy"],
        widget=forms.CheckboxSelectMultiple,
    )
    origins = forms.CharField(
        label=gettext_lazy("Only from these web origins"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://app.example", "class": "mono"}),
        help_text=gettext_lazy(
            "One on a line. Without any, the token works from programs and from the origins on your list."
        ),
    )
    expires = forms.ChoiceField(label=gettext_lazy("Expires"), required=False, choices=list(DAYS.items()))

    def plain(self) -> list[forms.BoundField]:
        """What every token has."""
        return [field for field in self if field.name not in lower_limits.LABELS]

    def own_limits(self) -> list[forms.BoundField]:
        """The limits, which few tokens have."""
        return [self[name] for name in lower_limits.LABELS]

    @property
    def limits_have_errors(self) -> bool:
        """Whether one of the limits is wrong, so that their fold must stand open."""
        return any(field.errors for field in self.own_limits())

    def clean_name(self) -> str:
        """One line."""
        return tokens.valid_name(self.cleaned_data["name"])

    def clean_origins(self) -> tuple[str, ...]:
        """Each line an exact origin."""
        return tokens.valid_origins(self.cleaned_data["origins"].split())

    def wish(self) -> tokens.Wish:
        """What a valid form asks for."""
        days = self.cleaned_data["expires"]
        return tokens.Wish(
            name=self.cleaned_data["name"],
            scopes=tokens.valid_scopes(self.cleaned_data["scopes"]),
            origins=self.cleaned_data["origins"],
            expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
            limits=self.limits(),
        )
