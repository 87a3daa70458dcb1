// The processes as a tree: who started whom, what each is at, and what it has used.

import { get } from "./daemon.js";
import { find, make, short } from "./dom.js";

const ENDED_S = 60; // so long one that has ended stays in sight by itself

// The newest first, beneath their parents.
export class Tree {
  constructor(chosen) {
    this._chosen = chosen;
    this._pid = null;
    this._past = [];
    this._rows = new Map(); // by pid: rows stay where they are while they change, so that a click meets what it was aimed at
    find("with-past").onchange = () => this._readPast();
  }

  choose(pid) {
    this._pid = pid;
    this._chosen(pid);
    for (const [of, row] of this._rows) row.setAttribute("aria-current", of === pid);
  }

  show(moment, processes) {
    const live = new Set(processes.map((process) => process.pid));
    const past = this._past.filter((one) => !live.has(one.pid));
    const known = [...past, ...processes.filter((process) => this._isShown(process, moment.at))].sort(
      (a, b) => b.pid - a.pid,
    );
    const byParent = grouped(known);
    const pids = new Set(known.map((process) => process.pid));
    const roots = known.filter((process) => !pids.has(process.ppid) || process.pid === process.ppid);
    const lines = [];
    const walk = (process, depth) => {
      lines.push([process, depth]);
      for (const child of byParent.get(process.pid) ?? []) if (child.pid !== process.pid) walk(child, depth + 1);
    };
    for (const root of roots) walk(root, 0);
    this._draw(lines);
  }

  _isShown(process, now) {
    if (process.exit_code === null || process.pid === this._pid || find("with-past").checked) return true;
    return now - process.started - process.seconds < ENDED_S;
  }

  _draw(lines) {
    const rows = lines.map(([process, depth]) => this._row(process, depth));
    const tree = find("tree");
    if (rows.length !== tree.children.length || rows.some((row, i) => tree.children[i] !== row.parentNode)) {
      tree.replaceChildren(...rows.map((row) => row.parentNode ?? make("li", {}, row)));
    }
    const pids = new Set(lines.map(([process]) => process.pid));
    for (const pid of this._rows.keys()) if (!pids.has(pid)) this._rows.delete(pid);
  }

  _row(process, depth) {
    let row = this._rows.get(process.pid);
    if (row === undefined) {
      row = make("button", { type: "button", className: "process", onclick: () => this.choose(process.pid) });
      row.setAttribute("aria-current", process.pid === this._pid);
      this._rows.set(process.pid, row);
    }
    row.style.setProperty("--depth", depth);
    const status = state(process);
    row.dataset.state = status.kind;
    const words = [`${process.pid}`, process.app, status.words];
    const used = process.usage ? `${process.usage.decode_tokens + process.usage.forced_tokens} tokens` : "";
    const head = make(
      "span",
      {},
      make("b", {}, words[0]),
      ` ${words[1]} `,
      make("span", { className: "state" }, words[2]),
    );
    row.replaceChildren(
      head,
      make("span", { className: "dim" }, used),
      make("span", { className: "request" }, short(process.request ?? "", 90)),
    );
    return row;
  }

  async _readPast() {
    this._past = find("with-past").checked ? (await get("/api/processes?past=true")).slice(-200) : [];
  }
}

// What a process is at: a word for its colour, and words to read.
export function state(process) {
  if (process.exit_code !== null && process.exit_code !== undefined) {
    return {
      kind: process.exit_code === 0 ? "done" : "failed",
      words: process.exit_code === 0 ? "done" : `exit ${process.exit_code}`,
    };
  }
  return {
    kind: process.status,
    words: process.waiting_on ? `${process.status} on ${process.waiting_on}` : process.status,
  };
}

function grouped(processes) {
  const found = new Map();
  for (const process of processes) found.set(process.ppid, [...(found.get(process.ppid) ?? []), process]);
  return found;
}
