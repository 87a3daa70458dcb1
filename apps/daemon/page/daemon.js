// The daemon's API: requests and streams of events, with the token that the reader gave.

const KEPT = "llmasos token"; // of this tab: it goes when the tab does
let token = sessionStorage.getItem(KEPT) ?? "";

export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export const hasToken = () => token !== "";

export function useToken(given) {
  token = given.trim();
  sessionStorage.setItem(KEPT, token);
}

export function forgetToken() {
  token = "";
  sessionStorage.removeItem(KEPT);
}

async function sent(method, path, { body, signal, headers = {} } = {}) {
  const all = { Authorization: `Bearer ${token}`, ...headers };
  if (body !== undefined) all["Content-Type"] = "application/json";
  const answer = await fetch(path, {
    method,
    headers: all,
    body: body && JSON.stringify(body),
    signal,
    cache: "no-store",
  });
  if (!answer.ok) throw new Refused(answer.status, await reason(answer));
  return answer;
}

async function reason(answer) {
  try {
    return (await answer.json()).error.message;
  } catch {
    return `${answer.status} ${answer.statusText}`;
  }
}

export const get = async (path) => (await sent("GET", path)).json();
export const ask = async (method, path, body) => (await sent(method, path, { body })).json();

// Server-sent events: { id, name, data }. `lastId` goes on behind one. Ends with the stream.
export async function* events(path, { signal, lastId } = {}) {
  const answer = await sent("GET", path, { signal, headers: lastId ? { "Last-Event-ID": lastId } : {} });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) yield parsed(block);
  }
}

function parsed(block) {
  const fields = Object.fromEntries(
    block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  return { id: fields.id, name: fields.event, data: JSON.parse(fields.data) };
}

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
