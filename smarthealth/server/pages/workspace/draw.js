// Draws a conversation: who said what, and each tool call folded, with what it was given and what came of it.

import { AnswerWriter } from "../console/answer.js";
import { byId, icon, make, setText } from "../console/dom.js";
import { moment, text } from "./texts.js";

const AT_END_PX = 80;
const LONGEST_HINT = 80;
const drawn = new WeakMap();

/** Draw all of a story; what is drawn already only changes. */
export function drawStory(story, actions) {
  const log = byId("log"), atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < AT_END_PX;
  const nodes = story.items.map((item) => nodeOf(item, story, actions));
  if (nodes.length === 0) nodes.push(empty(actions));
  if (log.children.length !== nodes.length || [...log.children].some((child, index) => child !== nodes[index])) log.replaceChildren(...nodes);
  if (atEnd) log.scrollTop = log.scrollHeight;
  const asking = story.items.find((item) => item.asks && !item.shown);
  if (asking) {
    asking.shown = true; // once: whoever scrolls away from it wants to
    drawn.get(asking).node.scrollIntoView({ block: "nearest" });
  }
}

/** Forget what was drawn, where texts of the page stand in it. */
export const drawAgain = (story) => story.items.forEach((item) => drawn.delete(item));

function nodeOf(item, story, actions) {
  const known = drawn.get(item), state = stateOf(item);
  if (known && known.state === state) return known.node;
  const node = item.kind === "tool" ? tool(item, state, actions, known?.node) : said(item, story);
  drawn.set(item, { node, state });
  return node;
}

function said(item, story) {
  if (item.kind === "error") return make("div", { className: "failure grave" }, icon("warning"), make("p", {}, item.content));
  if (item.kind === "user") {
    const mine = item.viewer !== undefined && item.viewer === story.me;
    return make("article", { className: mine ? "turn mine" : "turn" },
      make("p", { className: "who small muted" }, mine ? text("you") : item.author ?? nameOf(item.viewer, story)),
      make("p", { className: "asked" }, item.content));
  }
  const body = make("div", { className: "text" });
  new AnswerWriter(body, (id) => make("span", { className: "mark" }, String(id))).write(item.content);
  return make("article", { className: "turn" }, make("p", { className: "who small muted" }, text("agent")), body);
}

function stateOf(item) {
  if (item.kind !== "tool") return "said";
  if (item.asks) return "asks";
  return item.success === undefined ? "running" : item.success ? "done" : "failed";
}

function tool(item, state, actions, before) {
  const hint = item.arguments?.path ?? item.arguments?.query ?? item.arguments?.command ?? item.arguments?.url ?? "";
  const node = make("details", { className: `tool ${state}`, open: state === "asks" || (before?.open === true && !before.classList.contains("asks")) },
    make("summary", {}, make("code", {}, item.tool), make("span", { className: "hint muted" }, String(hint).slice(0, LONGEST_HINT)), make("span", { className: "state" }, text(state))),
    part("arguments", item.arguments));
  if (state === "asks") node.append(question(item, actions));
  if (state === "done") node.append(part("result", item.result));
  if (state === "failed") node.append(part("error", item.error));
  return node;
}

function part(name, value) {
  const shown = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return make("div", { className: "part" }, make("p", { className: "eyebrow" }, text(name)), make("pre", { tabIndex: 0 }, shown ?? ""));
}

function question(item, actions) {
  const allow = make("button", { className: "primary", type: "button" }, text("approve"));
  const refuse = make("button", { className: "quiet", type: "button" }, text("refuse"));
  allow.onclick = () => actions.decide(item, true);
  refuse.onclick = () => actions.decide(item, false);
  const answers = actions.mayWrite() ? make("div", { className: "answers" }, allow, refuse) : null;
  return make("div", { className: "approval notice" }, make("p", {}, text("wants", { tool: item.tool })), answers);
}

/** The people, each by name or by number. */
export function drawPeople(story) {
  const seen = [...story.people.values()];
  byId("people").replaceChildren(...seen.map((person) => {
    const name = person.viewer_id === story.me ? text("you") : nameOf(person.viewer_id, story);
    return make("li", { className: person.viewer_id === story.me ? "me" : "", title: `${name}, ${text(person.access)}` }, name);
  }));
}

export function nameOf(viewer, story) {
  const name = story.people.get(viewer)?.name;
  if (name) return name;
  const number = [...story.people.keys()].indexOf(viewer) + 1;
  return number > 0 ? text("anonymous", { number }) : text("somebody");
}

/** The invites that are good. */
export function drawInvites(invites, revoke) {
  byId("invite-list").replaceChildren(...invites.map((invite) => {
    const back = make("button", { className: "quiet small", type: "button" }, text("take_back"));
    back.onclick = () => revoke(invite.id);
    return make("li", {}, make("span", { className: "small" }, text("invite_until", { role: text(invite.role), until: moment(invite.expires_at) })), back);
  }));
}

export function drawActivity(story) {
  const asking = story.items.find((item) => item.asks);
  if (asking) return setText(byId("activity"), text("wants", { tool: asking.tool }));
  const writers = story.writers(Date.now()).map((viewer) => nameOf(viewer, story));
  if (story.running && story.iteration !== null) setText(byId("activity"), text("thinking", { iteration: story.iteration }));
  else setText(byId("activity"), writers.length ? text("typing", { names: writers.join(", ") }) : "");
}

function empty(actions) {
  return make("div", { className: "empty" }, make("p", { className: "muted" }, text("empty")),
    make("ul", {}, ...text("examples").map((example) => {
      const button = make("button", { className: "quiet", type: "button" }, example);
      button.onclick = () => actions.say(example);
      return make("li", {}, button);
    })));
}
