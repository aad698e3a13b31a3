// Carries frames over a WebSocket.

/** `ready()` when frames can be put, `heard(text)` for each that comes, `gone(code)` once when it is over. */
export function overWebSocket({ ready, heard, gone }) {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/chat`);
  socket.onopen = ready;
  socket.onmessage = (event) => heard(event.data);
  socket.onclose = (event) => gone(event.code);

  return {
    /** Sends a frame; whether it could be. */
    put(text) {
      if (socket.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      return true;
    },
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
}
