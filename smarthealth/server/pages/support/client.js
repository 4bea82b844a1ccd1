// One connection to the support chat: signs in, sends, hands every event on, and comes back after a break.
export class SupportClient {
  constructor(path, onEvent, onState) {
    this.path = path;
    this.onEvent = onEvent;
    this.onState = onState;
    this.socket = null;
    this.token = null;
    this.wanted = false;
    this.attempts = 0;
  }

  connect(token) {
    this.token = token || this.token;
    this.wanted = true;
    this.open();
  }

  open() {
    this.onState("connecting");
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${this.path}`);
    this.socket = socket;
    socket.onopen = () => {
      this.attempts = 0;
      this.onState("open");
      if (this.token) this.send({ type: "auth", token: this.token });
    };
    socket.onmessage = (message) => this.onEvent(JSON.parse(message.data));
    socket.onclose = (closed) => {
      if (socket !== this.socket) return;
      this.onState("closed", closed.code);
      if (this.wanted && closed.code !== 4401) this.retry();
    };
  }

  retry() {
    this.attempts += 1;
    const wait = Math.min(30000, 500 * 2 ** Math.min(this.attempts, 6)) * (0.5 + Math.random() / 2);
    setTimeout(() => this.wanted && this.open(), wait);
  }

  send(message) {
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  disconnect() {
    this.wanted = false;
    if (this.socket) this.socket.close();
  }
}

// The paths of the chat are bare on the application's own port, and below /support elsewhere.
export function prefix() {
  return location.pathname.startsWith("/support") ? "/support" : "";
}
