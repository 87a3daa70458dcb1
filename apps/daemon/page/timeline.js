// The scheduler's timeline: a row a process, a block a step that it was in, above the state it was seen in.

import { find } from "./dom.js";

const WINDOW_S = 30;
const PACE_S = 5; // that the figures are of
const ROW_PX = 22;
const LABEL_PX = 120;
const AXIS_PX = 16;
const MOST_ROWS = 24;

export class Timeline {
  constructor() {
    this._steps = [];
    this._states = new Map(); // by pid: [{ from, to, state }]
    this._names = new Map();
    this._now = 0;
    this._hits = [];
    find("timeline").onmousemove = (event) => this._tell(event);
    find("timeline").onmouseleave = () => (find("step").hidden = true);
    addEventListener("resize", () => this._draw());
  }

  show(moment, processes) {
    const since = moment.at - WINDOW_S;
    this._steps = [...this._steps, ...moment.steps].filter((step) => step.ended > since);
    for (const process of processes) this._see(process, this._now || moment.at - 1, moment.at);
    for (const [pid, seen] of this._states) {
      const kept = seen.filter((stretch) => stretch.to > since);
      if (kept.length) this._states.set(pid, kept);
      else this._states.delete(pid);
    }
    this._now = moment.at;
    this._count();
    this._draw();
  }

  _see(process, from, to) {
    this._names.set(process.pid, process.app);
    if (process.pid === process.ppid || process.app === "init" || process.status === "zombie") return;
    const seen = this._states.get(process.pid) ?? [];
    const last = seen.at(-1);
    from = Math.max(from, process.started);
    if (last !== undefined && last.state === process.status && last.to >= from - 0.01) last.to = to;
    else seen.push({ from: last ? Math.max(from, last.to) : from, to, state: process.status });
    this._states.set(process.pid, seen);
  }

  _pids() {
    const stepped = this._steps.flatMap((step) => step.shares.map(([pid]) => pid));
    return [...new Set([...this._states.keys(), ...stepped])].sort((a, b) => a - b);
  }

  _count() {
    const shares = this._steps.filter((step) => step.ended > this._now - PACE_S).map((step) => step.shares);
    const tokens = shares.flat().reduce((sum, [, , got]) => sum + got, 0);
    const words = shares.length
      ? [
          `${Math.round(tokens / PACE_S)} tokens a second`,
          `${(shares.flat().length / shares.length).toFixed(1)} processes a step`,
        ]
      : ["idle"];
    const num = this._pids().length;
    if (num > MOST_ROWS) words.push(`the newest ${MOST_ROWS} of ${num} processes`);
    find("pace").textContent = words.join(" · ");
  }

  _draw() {
    const canvas = find("timeline");
    const shown = this._pids().slice(-MOST_ROWS);
    const width = canvas.parentNode.clientWidth;
    const height = Math.max(1, shown.length) * ROW_PX + AXIS_PX;
    const scale = devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.font = "12px system-ui, sans-serif";
    const colour = (name) => getComputedStyle(canvas).getPropertyValue(`--${name}`).trim();
    const x = (moment) => LABEL_PX + ((moment - this._now + WINDOW_S) / WINDOW_S) * (width - LABEL_PX - 4);
    this._axis(pen, x, height, colour);
    this._hits = [];
    shown.forEach((pid, row) => this._row(pen, pid, row * ROW_PX, x, colour));
  }

  _axis(pen, x, height, colour) {
    pen.fillStyle = colour("dim");
    pen.strokeStyle = colour("line");
    for (let ago = WINDOW_S; ago >= 0; ago -= 5) {
      const at = x(this._now - ago);
      pen.beginPath();
      pen.moveTo(at, 0);
      pen.lineTo(at, height - AXIS_PX);
      pen.stroke();
      pen.textAlign = ago === 0 ? "right" : "left";
      pen.fillText(ago === 0 ? "now" : `-${ago} s`, at, height - 3);
    }
    pen.textAlign = "left";
  }

  _row(pen, pid, top, x, colour) {
    pen.fillStyle = colour("text");
    pen.fillText(`${pid} ${this._names.get(pid) ?? ""}`.slice(0, 18), 4, top + 15);
    for (const { from, to, state } of this._states.get(pid) ?? []) {
      const left = Math.max(LABEL_PX, x(from));
      pen.fillStyle = colour(state === "running" ? "ready" : state);
      pen.fillRect(left, top + ROW_PX - 5, Math.max(1, x(to) - left), 3);
    }
    for (const step of this._steps) {
      const share = step.shares.find(([of]) => of === pid);
      if (share === undefined) continue;
      const left = Math.max(LABEL_PX, x(step.began));
      const wide = Math.max(1, x(step.ended) - left);
      pen.fillStyle = colour(share[1] > share[2] ? "prefill" : "decode");
      pen.fillRect(left, top + 3, wide, ROW_PX - 9);
      this._hits.push({ left, right: left + wide, top, step, share });
    }
  }

  _tell(event) {
    const hit = this._hits.find(
      (one) =>
        event.offsetX >= one.left - 1 &&
        event.offsetX <= one.right + 1 &&
        event.offsetY >= one.top &&
        event.offsetY < one.top + ROW_PX,
    );
    find("step").hidden = hit === undefined;
    if (hit === undefined) return;
    const [pid, prompt, got] = hit.share;
    const milliseconds = (1000 * (hit.step.ended - hit.step.began)).toFixed(1);
    find("step").textContent =
      `process ${pid}: ${prompt} prompt and ${got} new tokens in a step of ${milliseconds} ms on ${hit.step.model}, with ${hit.step.shares.length - 1} others`;
  }
}
