// One process: what it says as it says it, a picture of its context, and what may be done to it.

import { Context } from "./context.js";
import { Output } from "./output.js";
import { windows } from "./models.js";
import { Refused, ask, events, get, pause } from "./daemon.js";
import { count, find, make, visible } from "./dom.js";
import { state } from "./tree.js";

const AGAIN_S = 1;
const LOOK_S = 2; // between two pictures of its context
const SIGNALS = { STOP: "Stop", CONT: "Continue", INT: "Interrupt", KILL: "Kill" };

export class Process {
  constructor() {
    this._pid = null;
    this._following = null; // the controller of what follows the chosen one
  }

  open(pid) {
    this._following?.abort();
    this._following = new AbortController();
    this._pid = pid;
    this._lay(pid);
    this._follow(pid, this._following.signal);
    this._look(pid, this._following.signal);
  }

  show(moment, processes) {
    if (this._pid === null) return;
    const live = processes.find((process) => process.pid === this._pid);
    if (live !== undefined) this._head(live);
    else if (this._alive)
      get(`/api/processes/${this._pid}`).then(
        (past) => this._head(past),
        () => {},
      );
  }

  _lay(pid) {
    this._title = make("h2", {}, `Process ${pid}`);
    this._facts = make("p", { className: "dim" });
    this._says = make("p", { role: "alert" });
    this._buttons = Object.entries(SIGNALS).map(([signal, word]) =>
      make("button", { type: "button", onclick: () => this._signal(signal) }, word),
    );
    this._output = new Output(pid);
    this._context = new Context();
    this._line = make("input", { type: "text", placeholder: "say something", autocomplete: "off" });
    this._line.setAttribute("aria-label", "Input");
    this._input = make(
      "form",
      { className: "row", hidden: true, onsubmit: (event) => this._say(event) },
      this._line,
      make("button", {}, "Send"),
    );
    this._alive = true;
    find("process").replaceChildren(
      make("div", { className: "row spread" }, this._title, make("div", { className: "row" }, ...this._buttons)),
      this._facts,
      this._says,
      this._output.element,
      this._input,
      this._context.element,
    );
    get(`/api/processes/${pid}`).then(
      (facts) => this._pid === pid && this._head(facts),
      (error) => (this._says.textContent = error.message),
    );
  }

  _head(process) {
    const status = state(process);
    this._model = process.model;
    this._alive = process.exit_code === null || process.exit_code === undefined;
    this._title.textContent = `Process ${process.pid}: ${visible(process.app)}`;
    const used = process.usage;
    const words = [
      status.words,
      process.model,
      used && count(used.decode_tokens + used.forced_tokens, "token"),
      used && count(used.syscalls, "call"),
    ];
    if (process.seconds !== null && process.seconds !== undefined) words.push(`${process.seconds.toFixed(1)} s`);
    if (process.nice) words.push(`nice ${process.nice}`);
    for (const [name, most] of Object.entries(process.limits ?? {}))
      if (most !== null && name === "tokens") words.push(`at most ${count(most, "token")}`);
    this._facts.textContent = words.filter(Boolean).join(" · ");
    for (const button of this._buttons) button.disabled = !this._alive;
    this._input.hidden = !(this._alive && (this._output.question || process.waiting_on === "input"));
  }

  async _follow(pid, signal) {
    let lastId;
    while (!signal.aborted) {
      try {
        for await (const event of events(`/api/processes/${pid}/events`, { signal, lastId })) {
          lastId = event.id ?? lastId;
          await this._output.add(event.name, event.data);
          if (event.name === "exited") return;
        }
        if (lastId?.endsWith(".end")) return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused) {
          this._says.textContent = error.message;
          return;
        }
      }
      await pause(AGAIN_S);
    }
  }

  async _look(pid, signal) {
    while (!signal.aborted && this._alive) {
      try {
        const segments = await get(`/api/processes/${pid}/context`);
        if (!signal.aborted) this._context.draw(segments, windows.get(this._model));
      } catch (error) {
        if (error instanceof Refused) return; // it has ended: the last picture stays
      }
      await pause(LOOK_S);
    }
  }

  async _signal(signal) {
    if (signal === "KILL" && !confirm(`Kill process ${this._pid} and all it started?`)) return;
    await this._asked("POST", "signal", { signal });
  }

  async _say(event) {
    event.preventDefault();
    const text = this._line.value;
    if (!(await this._asked("POST", "input", this._output.question ? { reply: text } : { text }))) return;
    this._output.answered(text);
    this._line.value = "";
  }

  async _asked(method, what, body) {
    this._says.textContent = "";
    try {
      await ask(method, `/api/processes/${this._pid}/${what}`, body);
      return true;
    } catch (error) {
      this._says.textContent = error.message;
      return false;
    }
  }
}
