// What the reader has chosen about the chat page (`thinkback/chat/preferences.py`), by name.
export const preferences = JSON.parse(document.getElementById("preferences")?.textContent ?? "{}");
