"""The chat page as the server draws it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.test import Client

from thinkback.accounts.models import User
from thinkback.chat.material import WINDOW
from thinkback.chat.models import Conversation, Message
from thinkback.chat.sidebar import PAGE, grouped, heading_of
from thinkback.connections.models import Connection

pytestmark = pytest.mark.django_db(transaction=True)  # async views read in threads of their own


@pytest.fixture
def client(alice: User) -> Client:
    client = Client()
    client.force_login(alice, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def a_chat(user: User, *texts: str) -> Conversation:
    chat = Conversation.objects.create(user=user, title="A title", slug="practice", model="practice")
    for number, text in enumerate(texts):
        role = "assistant" if number % 2 else "user"
        chat.leaf = Message.objects.create(
            conversation=chat, role=role, text=text, parent=chat.leaf, slug="practice", model="practice"
        )
    chat.save()
    return chat


def test_a_new_user_is_greeted_and_can_use_practice(client: Client) -> None:
    html = client.get("/").content.decode()
    assert "Hello, alice" in html and "Connect a provider" in html
    assert 'data-slug="practice"' in html and "/settings/providers/new/openai" in html


def test_a_conversation_is_drawn_on_the_server(client: Client, alice: User) -> None:
    chat = a_chat(alice, "<b>Q</b>", "An **answer**")
    html = client.get(f"/chat/{chat.id}").content.decode()
    assert "&lt;b&gt;Q&lt;/b&gt;" in html and "<strong>answer</strong>" in html
    assert "<title>A title · ThinkBack</title>" in html.replace("\n", "") and 'aria-current="page"' in html
    assert "<script>" not in html and "style=" not in html and "onclick" not in html


def test_hostile_text_stays_inside_its_place(client: Client, alice: User) -> None:
    chat = a_chat(alice, "</template><script>alert(1)</script>", "</template><script>alert(1)</script>")
    chat.title = "<script>alert(1)</script>"
    chat.save()
    assert "<script>alert(1)" not in client.get(f"/chat/{chat.id}").content.decode()


def test_the_model_used_last_is_chosen(client: Client, alice: User) -> None:
    html = client.get(f"/chat/{a_chat(alice, 'Q').id}").content.decode()
    assert 'data-slug="practice" data-model="practice"' in html


def test_an_address_may_name_the_model(client: Client, alice: User) -> None:
    models = [{"id": name, "by_hand": True} for name in ("a", "org/b")]
    Connection.objects.create(user=alice, kind="custom", slug="mine", name="Mine", models=models)
    a_chat(alice, "Q")
    for wanted, chosen in (("mine/org/b", "mine org/b"), ("mine/c", "practice practice"), ("x", "practice practice")):
        html = client.get("/", {"model": wanted}).content.decode()
        slug, model = chosen.split()
        assert f'data-picker data-slug="{slug}" data-model="{model}"' in html, wanted
        told = f"{wanted} is not available; {model} was chosen."
        assert (told.lower() in html.lower()) is (wanted != "mine/org/b"), wanted
    assert "is not available" not in client.get("/").content.decode()


def test_a_long_conversation_comes_from_its_end(client: Client, alice: User) -> None:
    chat = a_chat(alice, *[f"message {number}" for number in range(WINDOW + 5)])
    html = client.get(f"/chat/{chat.id}").content.decode()
    assert html.count("data-message=") == WINDOW and "message 5<" in html and "message 4<" not in html
    address = html.partition('data-earlier="')[2].partition('"')[0]
    more = client.get(address).content.decode()
    assert more.count("data-message=") == 5 and "message 0<" in more and "data-earlier" not in more


def test_earlier_messages_are_ones_own(client: Client, alice: User, bob: User) -> None:
    his, hers = a_chat(bob, "Q", "A"), a_chat(alice, "Q", "A")
    assert client.get(f"/chat/{his.id}/before/{his.leaf_id}").status_code == 404
    assert client.get(f"/chat/{hers.id}/before/{his.leaf_id}").status_code == 404


def test_strangers_are_sent_to_sign_in(alice: User) -> None:
    answer = Client().get(f"/chat/{a_chat(alice).id}")
    assert answer.status_code == 302 and "/accounts/login/" in answer["Location"]


def test_another_persons_chat_is_not_there(client: Client, bob: User) -> None:
    assert client.get(f"/chat/{a_chat(bob).id}").status_code == 404


def test_the_list_comes_in_pages(client: Client, alice: User) -> None:
    for number in range(PAGE + 5):
        Conversation.objects.create(
            user=alice,
            title=f"Chat {number}",
            updated_at=datetime(2025, 1, 1, 0, number % 60, number // 60, tzinfo=UTC),
        )
    html = client.get("/").content.decode()
    assert html.count("data-chat=") == PAGE and "Older chats" in html
    query = html.partition('data-older="')[2].partition('"')[0]
    more = client.get(f"/chat/list?{query}").content.decode()
    assert more.count("data-chat=") == 5 and "Older chats" not in more


NOWHERE = [
    "nonsense",
    "2025-01-01",
    "2025-13-45T00:00:00Z",
    "2025-01-01T00:00:00",
    f"2025-01-01T00:00:00~{UUID(int=1)}",
]


@pytest.mark.parametrize("after", NOWHERE)
def test_a_wrong_place_in_the_list_is_not_there(client: Client, after: str) -> None:
    assert client.get("/chat/list", {"after": after}).status_code == 404


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 3, 15), "Today"),
        (date(2026, 3, 14), "Yesterday"),
        (date(2026, 3, 9), "Previous 7 days"),
        (date(2026, 2, 20), "Previous 30 days"),
        (date(2026, 1, 20), "January"),
        (date(2025, 3, 15), "March 2025"),
        (date(2026, 3, 16), "Today"),
    ],
)
def test_days_have_the_names_that_people_use(day: date, label: str) -> None:
    assert heading_of(day, date(2026, 3, 15))[1] == label


def test_groups_keep_the_order() -> None:
    moments = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in (15, 15, 14, 1)]
    chats = [Conversation(title=str(moment), updated_at=moment) for moment in moments]
    groups = grouped(chats, date(2026, 3, 15))
    assert [(group.label, len(group.chats)) for group in groups] == [
        ("Today", 2),
        ("Yesterday", 1),
        ("Previous 30 days", 1),
    ]
