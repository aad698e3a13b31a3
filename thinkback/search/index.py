"""The databases' own indexes of words: FTS5 on SQLite, tsvector on PostgreSQL. Both hold what `Entry` holds.

Triggers keep the index in step with the entries, and note which messages and titles changed: so it does not matter
who writes them, and a half-written answer costs nothing.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from thinkback.search.asked import Term
from thinkback.search.models import Entry

NOTE = """
INSERT INTO search_due (target, user_id, change) SELECT {target}, {user}, 0 WHERE {condition}
ON CONFLICT (target) DO UPDATE SET change = search_due.change + 1
"""
MESSAGE = NOTE.format(
    target="NEW.id",
    user="(SELECT user_id FROM chat_conversation WHERE id = NEW.conversation_id)",
    condition="NEW.status <> 'streaming'",
)
TITLE = NOTE.format(target="NEW.id", user="NEW.user_id", condition="1 = 1")
FORGET = "DELETE FROM search_entry WHERE target = OLD.id; DELETE FROM search_due WHERE target = OLD.id"
TRIGGERS = {
    "search_message_made": ("AFTER INSERT ON chat_message", MESSAGE),
    "search_message_changed": ("AFTER UPDATE OF text, status ON chat_message", MESSAGE),
    "search_message_gone": ("AFTER DELETE ON chat_message", FORGET),
    "search_title_made": ("AFTER INSERT ON chat_conversation", TITLE),
    "search_title_changed": ("AFTER UPDATE OF title ON chat_conversation", TITLE),
    "search_title_gone": ("AFTER DELETE ON chat_conversation", FORGET),
}
MISSING = """
INSERT INTO search_due (target, user_id, change)
SELECT m.id, c.user_id, 0 FROM chat_message m JOIN chat_conversation c ON c.id = m.conversation_id
WHERE m.status <> 'streaming' AND NOT EXISTS (SELECT 1 FROM search_entry e WHERE e.target = m.id)
UNION ALL
SELECT c.id, c.user_id, 0 FROM chat_conversation c
WHERE NOT EXISTS (SELECT 1 FROM search_entry e WHERE e.target = c.id)
ON CONFLICT (target) DO NOTHING
"""
ADD = "INSERT INTO search_words (rowid, words, owner) VALUES (NEW.id, NEW.words, NEW.owner)"
TAKE = "INSERT INTO search_words (search_words, rowid, words, owner) VALUES ('delete', OLD.id, OLD.words, OLD.owner)"
SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5 (words, owner, content='search_entry', "
    "content_rowid='id', tokenize=\"unicode61 remove_diacritics 0\")",
    f"CREATE TRIGGER IF NOT EXISTS search_entry_made AFTER INSERT ON search_entry BEGIN {ADD}; END",
    f"CREATE TRIGGER IF NOT EXISTS search_entry_gone AFTER DELETE ON search_entry BEGIN {TAKE}; END",
    f"CREATE TRIGGER IF NOT EXISTS search_entry_changed AFTER UPDATE ON search_entry BEGIN {TAKE}; {ADD}; END",
)
POSTGRES = """
ALTER TABLE search_entry ADD COLUMN IF NOT EXISTS vector tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple'::regconfig, owner), 'A') || setweight(to_tsvector('simple'::regconfig, words), 'D')
) STORED;
CREATE INDEX IF NOT EXISTS search_entry_vector ON search_entry USING gin (vector);
"""


def after_migration(**_: Any) -> None:
    """Make what is missing of the index, and note what is not in it yet: it is taken in later, bit by bit."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in SQLITE:
                cursor.execute(statement)
            for name, (moment, act) in TRIGGERS.items():
                cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {moment} BEGIN {act}; END")
        else:
            cursor.execute(POSTGRES)
            for name, (moment, act) in TRIGGERS.items():
                end = "RETURN NULL; END $$ LANGUAGE plpgsql"
                cursor.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {act}; {end}")
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {moment.rpartition(' ')[2]}")
                cursor.execute(f"CREATE TRIGGER {name} {moment} FOR EACH ROW EXECUTE FUNCTION {name}()")
        cursor.execute(MISSING)


def owner_of(user_id: int, *, titles: bool = False) -> str:
    """The word for a user's messages, or for the titles of his chats."""
    return f"{'t' if titles else 'u'}{user_id}"


def matching(owner: str, terms: list[Term]) -> QuerySet[Entry]:
    """The entries of an owner in which every term stands, the best first. Terms are plain words: nothing to escape."""
    entries = Entry.objects.all()
    if connection.vendor == "sqlite":
        return entries.extra(
            tables=["search_words"],
            where=["search_words.rowid = search_entry.id", "search_words MATCH %s"],
            params=[_for_sqlite(owner, terms)],
            select={"rank": "bm25(search_words, 1, 0)"},
            order_by=["rank", "-id"],
        )
    question = _for_postgres(owner, terms)
    return entries.extra(
        where=["search_entry.vector @@ to_tsquery('simple', %s)"],
        params=[question],
        select={"rank": "-ts_rank(search_entry.vector, to_tsquery('simple', %s))"},
        select_params=[question],
        order_by=["rank", "-id"],
    )


def _for_sqlite(owner: str, terms: list[Term]) -> str:
    wanted = " AND ".join(f'"{" ".join(term.words)}"{"*" if term.goes_on else ""}' for term in terms)
    return f"owner : {owner} AND words : ({wanted})"


def _for_postgres(owner: str, terms: list[Term]) -> str:
    wanted = []
    for term in terms:
        words = [f"'{word}':D" for word in term.words]
        if term.goes_on:
            words[-1] = f"'{term.words[-1]}':*D"
        wanted.append(f"({' <-> '.join(words)})")
    return " & ".join([f"'{owner}':A", *wanted])
