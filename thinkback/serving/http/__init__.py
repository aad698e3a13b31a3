"""HTTP/1.1 for our Daphne: asyncio and httptools in the place of Twisted's channel and Daphne's request.

Daphne stays the server: its event loop and reactor, its signals, its WebSockets. But a request of twisted.web costs
several times as much as one read here, for every event crosses the reactor's logging, several deferreds and objects
for each header; so the port is opened on the event loop itself, and only WebSockets are handed over to Twisted.
"""
