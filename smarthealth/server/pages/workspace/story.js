// One conversation as this client knows it: made by the server's messages alone, so that all who are in it see the same.

const MOST_ITEMS = 400;
const TYPING_MS = 8000;

export class Story {
  constructor() {
    this.reset();
  }

  /** A connection begins: the history and who is there come anew. */
  reset() {
    this.items = [];
    this.people = new Map();
    this.typing = new Map();
    this.running = false;
    this.iteration = null;
    this.me = null;
    this.said = null;
  }

  get access() {
    return this.people.get(this.me)?.access ?? null;
  }

  /** What this person just sent: by it, this client is told from the others. */
  say(words) {
    this.said = words;
  }

  take(message) {
    switch (message.type) {
      case "history":
        this.items = message.messages.map(recalled);
        this.running ||= this.items.some((item) => item.kind === "tool" && item.success === undefined);
        break;
      case "presence":
        this.#meet(message);
        break;
      case "user_message":
        if (message.content === this.said) this.me ??= message.viewer_id;
        this.typing.delete(message.viewer_id);
        this.#add({ kind: "user", content: message.content, author: message.author ?? null, viewer: message.viewer_id, id: message.message_id });
        break;
      case "thinking":
        Object.assign(this, { running: true, iteration: message.iteration });
        break;
      case "tool_call":
        this.running = true;
        this.#add({ kind: "tool", tool: message.tool, arguments: message.arguments, call: message.tool_call_id });
        break;
      case "approval_required":
        this.running = true;
        this.#change(message.tool_call_id, { asks: true }, message);
        break;
      case "tool_result":
        this.#change(message.tool_call_id, { asks: false, success: message.success, result: message.result, error: message.error });
        break;
      case "message":
        this.#add({ kind: "agent", content: message.content, id: message.message_id });
        break;
      case "error":
        this.#add({ kind: "error", content: message.error });
        break;
      case "done":
        Object.assign(this, { running: false, iteration: null });
        for (const item of this.items) item.asks = false;
        break;
      case "typing":
        if (message.active) this.typing.set(message.viewer_id, Date.now() + TYPING_MS);
        else this.typing.delete(message.viewer_id);
        break;
    }
  }

  /** Who is writing now; who does not say so again stops. */
  writers(now) {
    for (const [viewer, until] of this.typing) if (until < now) this.typing.delete(viewer);
    return [...this.typing.keys()].filter((viewer) => viewer !== this.me && this.people.has(viewer));
  }

  #meet({ event, viewers }) {
    if (event === "here") this.people = new Map();
    for (const person of viewers) {
      if (event === "left") this.people.delete(person.viewer_id);
      else this.people.set(person.viewer_id, person);
    }
    // whoever asked who is here came last
    if (event === "here") this.me = viewers.at(-1)?.viewer_id ?? null;
  }

  #add(item) {
    this.items.push(item);
    this.items.splice(0, this.items.length - MOST_ITEMS);
  }

  #change(call, changes, made = null) {
    let found = this.items.findLast((item) => item.call === call);
    if (!found && made) {
      found = { kind: "tool", tool: made.tool, arguments: made.arguments, call };
      this.#add(found);
    }
    if (found) Object.assign(found, changes);
  }
}

function recalled(item) {
  if (item.role === "tool") {
    return { kind: "tool", tool: item.tool, arguments: item.arguments, call: item.tool_call_id, success: item.success, result: item.result, error: item.error };
  }
  return { kind: item.role === "user" ? "user" : "agent", content: item.content, author: item.author ?? null, id: item.message_id };
}
