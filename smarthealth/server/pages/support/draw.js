// What a conversation looks like; every text goes in as text, never as markup.
export function element(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function bubble(log, who, text) {
  const made = element("article", `message ${who}`);
  const said = element("p", "said", text);
  made.append(said);
  log.append(made);
  log.scrollTop = log.scrollHeight;
  return said;
}

export function facts(said, metadata) {
  const line = element("p", "muted small facts", `${metadata.agent} · ${Math.round(metadata.confidence * 100)} %`);
  said.parentElement.append(line);
  const citations = metadata.context.citations || [];
  if (!citations.length) return;
  const list = element("ol", "small sources");
  for (const one of citations) list.append(element("li", "", `[${one.n}] ${one.file} › ${one.section}`));
  said.parentElement.append(list);
}
