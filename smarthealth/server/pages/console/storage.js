// What the browser keeps: for this tab, and for all. A browser that refuses to keep anything gets a memory instead.

function open(find) {
  const memory = new Map();
  const attempt = (work, otherwise) => {
    try {
      return work(find());
    } catch {
      return otherwise();
    }
  };
  return {
    get: (name) => attempt((kept) => kept.getItem(name), () => memory.get(name) ?? null),
    /** Whether there was room. */
    set: (name, value) => attempt((kept) => { kept.setItem(name, value); return true; }, () => { memory.set(name, value); return false; }),
    remove: (name) => { memory.delete(name); attempt((kept) => kept.removeItem(name), () => {}); },
  };
}

export const tab = open(() => sessionStorage);
export const browser = open(() => localStorage);
