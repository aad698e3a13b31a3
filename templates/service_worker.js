{% load static %}// Keeps one page for when ThinkBack cannot be reached. Nothing else is cached or changed.
const NAME = "offline-{{ version }}";
const KEPT = ["/offline", {% for file in files %}"{% static file %}"{% if not forloop.last %}, {% endif %}{% endfor %}];

addEventListener("install", (event) => event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)).then(() => skipWaiting())));

addEventListener("activate", (event) =>
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name))))));

addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(fetch(event.request).catch(() => caches.match("/offline")));
  else if (!navigator.onLine) event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
