"""Pages, failures, mails and times as a reader in another language and time zone has them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import translation

from thinkback.accounts.models import User
from thinkback.chat.failures import card_of
from thinkback.chat.models import Conversation, Message
from thinkback.usage.money import shown
from thinkback.usage.templatetags.usage import percent, whole

pytestmark = pytest.mark.django_db(transaction=True)  # async views read in threads of their own


@pytest.fixture
def german(client: Client, alice: User) -> Client:
    User.objects.filter(pk=alice.pk).update(language="de")
    client.force_login(alice)
    return client


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", ("Hallo, alice", "Neuer Chat", "Nachrichtenfeld")),
        ("/usage", ("Noch keine Nutzung", "Heute")),
        ("/settings/account", ("Passwort ändern", "Zeitzone", "Inhaber")),
        ("/settings/providers", ("Anbieter hinzufügen",)),
        ("/settings/providers/new/openai", ("Wiederholungen", "Nur für Schlüssel mehrerer Organisationen")),
        ("/settings/tokens", ("Neues Token", "Modelle über den Proxy aufrufen")),
        ("/settings/tools", ("MCP-Server",)),
        ("/settings/status", ("Dieser Server", "Läuft seit")),
        ("/settings/about", ("Lizenzen",)),
        ("/connect", ("Programm verbinden",)),
        ("/offline", ("ThinkBack ist nicht erreichbar",)),
        ("/nothing", ("Unter dieser Adresse gibt es nichts",)),
    ],
)
def test_a_page_in_german(german: Client, path: str, words: tuple[str, ...]) -> None:
    html = german.get(path).content.decode()
    assert '<html lang="de"' in html
    assert [word for word in words if word not in html] == []


def test_scripts_are_given_their_words_and_english_none(german: Client, bob: User) -> None:
    html = german.get("/").content.decode()
    assert '<script type="application/json" id="words">' in html and '"Copied":"Kopiert"' in html
    other = Client()
    other.force_login(bob)
    assert 'id="words"' not in other.get("/").content.decode()


def test_allauths_words_and_djangos_too(client: Client, alice: User) -> None:
    client.cookies["thinkback_language"] = "de"
    html = client.post("/accounts/login/", {"login": "alice", "password": "wrong"}).content.decode()
    assert "Name und Passwort passen nicht zusammen" in html and "Benutzername" in html


def test_the_change_itself_is_answered_in_the_new_language(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.post("/settings/account", {"language": "zh-hans", "timezone": "UTC"})
    assert "已保存。" in client.get("/settings/account").content.decode()


def test_times_in_the_users_zone_with_its_summer(client: Client, charlie: User) -> None:
    chat = Conversation.objects.create(user=charlie, title="Times", slug="practice", model="practice")
    for month in (1, 7):
        at = datetime(2026, month, 5, 20, 0, tzinfo=UTC)
        chat.leaf = Message.objects.create(
            conversation=chat, role="assistant", text="Hi", parent=chat.leaf, slug="practice", created_at=at
        )
        Message.objects.filter(pk=chat.leaf.pk).update(created_at=at)
    chat.save()
    client.force_login(charlie)
    for zone, times in (("Asia/Kolkata", ("01:30", "01:30")), ("Europe/Berlin", ("21:00", "22:00"))):
        User.objects.filter(pk=charlie.pk).update(timezone=zone)
        html = client.get(f"/chat/{chat.id}").content.decode()
        assert f'data-zone="{zone}"' in html
        assert tuple(part.split("<")[0].strip() for part in html.split("data-time>")[1:]) == times


@override_settings(HAS_EMAIL=True)
def test_a_mail_is_in_the_language_of_whom_it_goes_to(client: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(language="de")
    client.post("/accounts/password/reset/", {"email": bob.email}, headers={"Accept-Language": "zh-CN"})
    assert "Passwort" in mail.outbox[0].subject + mail.outbox[0].body


@pytest.mark.parametrize(
    ("code", "money", "number", "share"),
    [
        ("en", "$1,234.50", "12,345", "1.2 %"),
        ("de", "1.234,50 $", "12.345", "1,2 %"),
        ("zh-hans", "$1,234.50", "12,345", "1.2 %"),
    ],
)
def test_money_and_numbers(code: str, money: str, number: str, share: str) -> None:
    with translation.override(code):
        assert (shown(Decimal("1234.5")), whole(12345), percent(0.0123)) == (money, number, share)


def test_a_failure_in_chinese() -> None:
    with translation.override("zh-hans"):
        card = card_of({"type": "auth_failed"}, "OpenAI")
    assert (card.title, card.text) == ("OpenAI 拒绝了密钥", "请检查密钥是否有效，或粘贴新密钥。")


@pytest.mark.parametrize(
    ("code", "words"),
    [("en", ("1 model", "2 models")), ("de", ("1 Modell", "2 Modelle")), ("zh-hans", ("1 个模型", "2 个模型"))],
)
def test_one_and_many(code: str, words: tuple[str, str]) -> None:
    with translation.override(code):
        found = [translation.ngettext("%(number)s model", "%(number)s models", n) % {"number": n} for n in (1, 2)]
    assert tuple(found) == words
