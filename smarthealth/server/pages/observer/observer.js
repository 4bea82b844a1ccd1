// Draws the tree of actors, again every second. Elements are kept from one picture to the next, so that focus, folds and the
// scroll position stay where they were.

const EVERY_MS = 1000;
const MOST_SIBLINGS = 200; // thousands of connections are counted, and found by their paths, but not all drawn
const AWAITED = { reply: "a reply of", room: "room in the mailbox of", start: "the start of", stop: "the end of" };
const byId = (id) => document.getElementById(id);
const nodes = new Map(); // path → { item, parts, children }
const folded = new Set();
let paused = false, filter = "", focused = null;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function seconds(age) {
  if (age < 60) return `${age.toFixed(0)} s`;
  if (age < 3600) return `${(age / 60).toFixed(0)} min`;
  if (age < 86400) return `${(age / 3600).toFixed(1)} h`;
  return `${(age / 86400).toFixed(1)} d`;
}

function makeNode(path) {
  const parts = {};
  for (const name of ["twist", "name", "kind", "state", "detail", "waits", "failure", "tasks"]) {
    parts[name] = make("span", { className: name });
  }
  parts.meter = make("meter", { min: 0, title: "messages that wait" });
  const row = make("div", { className: "actor" },
    parts.twist, parts.name, parts.kind, parts.state, parts.meter, parts.detail, parts.tasks, parts.waits, parts.failure);
  const children = make("ul");
  children.setAttribute("role", "group");
  const item = make("li", {}, row, children);
  item.setAttribute("role", "treeitem");
  item.tabIndex = -1;
  item.dataset.path = path;
  parts.twist.addEventListener("click", () => fold(path, !folded.has(path)));
  row.addEventListener("click", () => focusOn(path));
  return { item, parts, children };
}

function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

function drawNode(actor, level) {
  let node = nodes.get(actor.path);
  if (!node) nodes.set(actor.path, node = makeNode(actor.path));
  const { item, parts, children } = node;
  const open = !folded.has(actor.path) || filter !== "";
  text(parts.name, actor.name);
  text(parts.kind, actor.kind.replace("_", " "));
  text(parts.state, actor.state);
  parts.state.className = `state ${actor.state}`;
  parts.meter.hidden = actor.mailbox_capacity === null;
  parts.meter.max = actor.mailbox_capacity ?? 1;
  parts.meter.value = actor.mailbox_depth;
  const details = [];
  if (actor.mailbox_capacity !== null) details.push(`${actor.mailbox_depth}/${actor.mailbox_capacity}`);
  if (actor.stashed) details.push(`${actor.stashed} set aside`);
  if (actor.children.length) details.push(`${actor.children.length} below`);
  details.push(seconds(actor.age));
  if (actor.restarts) details.push(`${actor.restarts} restarts`);
  text(parts.detail, details.join(" · "));
  text(parts.waits, actor.waiting_for ? `waits for ${AWAITED[actor.waiting_why]} ${actor.waiting_for}` : "");
  text(parts.failure, actor.last_failure ? `last failed: ${actor.last_failure}` : "");
  parts.tasks.replaceChildren(...actor.tasks.map((task) =>
    make("span", { className: `task ${task.state}`, title: task.state }, `${task.name} ${task.handled}`)));
  text(parts.twist, actor.children.length ? (open ? "▾" : "▸") : "");
  item.setAttribute("aria-level", level);
  item.setAttribute("aria-label", `${actor.name}, ${actor.kind.replace("_", " ")}, ${actor.state}`);
  if (actor.children.length) item.setAttribute("aria-expanded", String(open));
  else item.removeAttribute("aria-expanded");
  return node;
}

/** Whether an actor, or one below it, is what is looked for. */
function matches(actor) {
  return filter === "" || `${actor.path} ${actor.state} ${actor.last_failure ?? ""}`.toLowerCase().includes(filter)
    || actor.children.some(matches);
}

function arrange(list, actors, level, seen) {
  let place = list.firstElementChild;
  const wanted = actors.filter(matches);
  for (const actor of wanted.slice(0, MOST_SIBLINGS)) {
    seen.add(actor.path);
    const node = drawNode(actor, level);
    if (node.item !== place) list.insertBefore(node.item, place);
    else place = place.nextElementSibling;
    arrange(node.children, actor.children, level + 1, seen);
  }
  while (place) {
    const gone = place;
    place = place.nextElementSibling;
    gone.remove();
  }
  if (wanted.length > MOST_SIBLINGS) {
    list.append(make("li", { className: "more", role: "none" }, `and ${wanted.length - MOST_SIBLINGS} more: narrow them down with Find`));
  }
}

function count(actor) {
  const sum = { actors: 1, waiting: actor.mailbox_depth, restarts: actor.restarts };
  for (const child of actor.children) {
    const below = count(child);
    sum.actors += below.actors;
    sum.waiting += below.waiting;
    sum.restarts += below.restarts;
  }
  return sum;
}

let latest = null;

function draw(tree) {
  latest = tree;
  const seen = new Set();
  arrange(byId("tree"), [tree], 1, seen);
  for (const path of [...nodes.keys()]) if (!seen.has(path)) nodes.delete(path);
  const sum = count(tree);
  text(byId("summary"), `${sum.actors} actors · ${sum.waiting} messages waiting · ${sum.restarts} restarts${paused ? " · paused" : ""}`);
  if (!nodes.has(focused)) focused = tree.path;
  for (const [path, node] of nodes) node.item.tabIndex = path === focused ? 0 : -1;
}

function fold(path, close) {
  if (close) folded.add(path); else folded.delete(path);
  draw(latest);
}

function focusOn(path) {
  focused = path;
  draw(latest);
  nodes.get(path)?.item.focus();
}

function visible() {
  return [...byId("tree").querySelectorAll("[role=treeitem]")].filter((item) => item.firstElementChild.offsetParent !== null);
}

byId("tree").addEventListener("keydown", (event) => {
  const item = event.target.closest("li");
  if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
  const items = visible(), at = items.indexOf(item), path = item.dataset.path;
  const expanded = item.getAttribute("aria-expanded");
  const go = (to) => to && focusOn(to.dataset.path);
  switch (event.key) {
    case "ArrowDown": go(items[at + 1]); break;
    case "ArrowUp": go(items[at - 1]); break;
    case "Home": go(items[0]); break;
    case "End": go(items.at(-1)); break;
    case "ArrowRight": if (expanded === "false") fold(path, false); else if (expanded) go(items[at + 1]); break;
    case "ArrowLeft": if (expanded === "true") fold(path, true); else go(item.parentElement.closest("li")); break;
    default: return;
  }
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "p") byId("pause").click();
  else if (event.key === "/") byId("filter").focus();
  else return;
  event.preventDefault();
});

byId("pause").addEventListener("click", () => {
  paused = !paused;
  byId("pause").setAttribute("aria-pressed", String(paused));
  if (latest) draw(latest);
});
byId("filter").addEventListener("input", () => {
  filter = byId("filter").value.trim().toLowerCase();
  if (latest) draw(latest);
});
byId("fold").addEventListener("click", () => {
  for (const [path, node] of nodes) if (node.children.firstElementChild && path !== latest.path) folded.add(path);
  draw(latest);
});
byId("unfold").addEventListener("click", () => { folded.clear(); draw(latest); });
byId("controls").addEventListener("submit", (event) => event.preventDefault());
byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", byId("token").value.trim());
  byId("token").value = "";
  look();
});

async function look() {
  const token = sessionStorage.getItem("token");
  try {
    const answer = await fetch("/observer.json", { headers: token ? { Authorization: `Bearer ${token}` } : {} });
    byId("sign-in").hidden = answer.status !== 401 && answer.status !== 403;
    if (answer.ok) {
      text(byId("problem"), "");
      draw(await answer.json());
    } else {
      const body = await answer.json().catch(() => null);
      text(byId("problem"), body?.error?.message ?? answer.statusText);
    }
    return answer.ok || answer.status === 503;
  } catch {
    text(byId("problem"), "The server does not answer.");
    return true;
  }
}

async function keepLooking() {
  // Refused once means refused until a token is given: asking again every second would only be held against this address.
  if (!paused && !document.hidden && byId("sign-in").hidden) await look();
  setTimeout(keepLooking, EVERY_MS);
}

keepLooking();
