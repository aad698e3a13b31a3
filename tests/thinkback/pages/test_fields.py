"""How a form field is drawn, and what those hear who do not see it."""

from __future__ import annotations

from django import forms
from django.template.loader import render_to_string

from thinkback.pages.specimens import SpecimenForm


def drawn(form: forms.Form, name: str, **context: object) -> str:
    return render_to_string("parts/field.html", {"field": form[name], **context})


def test_the_label_names_the_control() -> None:
    page = drawn(SpecimenForm(), "name")
    assert '<label for="id_name">Name</label>' in page
    assert 'class="input"' in page
    assert 'aria-describedby="id_name-help"' in page and 'id="id_name-help"' in page


def test_an_error_is_tied_to_its_control() -> None:
    page = drawn(SpecimenForm({"host": "http://x"}), "host")
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_host-error"' in page and 'id="id_host-error"' in page
    assert "Begin with https://" in page


def test_a_password_can_be_shown_but_only_by_script() -> None:
    page = drawn(SpecimenForm(), "password")
    assert 'class="icon-button small needs-script" type="button" data-reveal="id_password"' in page


def test_what_may_be_left_out_says_so() -> None:
    assert "(optional)" in drawn(SpecimenForm(), "notes")
    assert "(optional)" not in drawn(SpecimenForm(), "name")


def test_a_checkbox_stands_before_its_words() -> None:
    page = drawn(SpecimenForm(), "sure")
    assert page.index('type="checkbox"') < page.index("I understand")


def test_a_placeholder_that_repeats_the_label_is_dropped() -> None:
    class Doubled(forms.Form):
        one = forms.CharField(label="One", widget=forms.TextInput(attrs={"placeholder": "One"}))
        two = forms.CharField(label="Two", widget=forms.TextInput(attrs={"placeholder": "sk-…"}))

    assert "placeholder" not in drawn(Doubled(), "one")
    assert 'placeholder="sk-…"' in drawn(Doubled(), "two")


def test_the_summary_links_to_the_fields() -> None:
    page = render_to_string("parts/form_errors.html", {"form": SpecimenForm({"host": "http://x"})})
    assert 'role="alert"' in page
    assert 'href="#id_host"' in page
    assert "Begin with https://" in page
    assert "notice" not in render_to_string("parts/form_errors.html", {"form": SpecimenForm()})


def test_the_help_of_a_field_can_be_replaced_or_left_out() -> None:
    other = drawn(SpecimenForm(), "name", help="Otherwise.")
    none = drawn(SpecimenForm(), "name", no_help=True)
    assert "Otherwise." in other and "As it appears" not in other
    assert "help" not in none and "aria-describedby" not in none


def test_a_group_of_choices_is_named() -> None:
    page = drawn(SpecimenForm(), "vault")
    assert 'role="group" aria-labelledby="id_vault-label"' in page and 'id="id_vault-label"' in page
