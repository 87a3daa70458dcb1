// What a process says and does, as a conversation. A call is one line that becomes its outcome.

import { get } from "./daemon.js";
import { callWords, make, short, visible } from "./dom.js";

const SHOWN = 400; // characters of a call or its result

export class Output {
  constructor(pid) {
    this.element = make("div", { className: "output" });
    this.question = ""; // what it asks its user
    this._pid = pid;
    this._said = []; // by its user, as the journal has it
    this._turns = 0;
    this._between = true; // two turns
    this._message = null; // the one that grows
    this._calls = new Map();
  }

  // `name` is the event's, as the daemon's API has it.
  async add(name, data) {
    const begins = name === "text" || name === "call_started";
    if (begins && this._between) await this._begin();
    const stays = this._isAtEnd();
    this[`_${name}`]?.(data);
    if (stays) this.element.scrollTop = this.element.scrollHeight;
  }

  // Its user has said that here, in answer to its question.
  answered(text) {
    if (!this.question) return;
    this.question = "";
    this._line("user", text);
  }

  async _begin() {
    this._between = false;
    if (this._said.length <= this._turns) this._said = await this._read();
    if (this._said.length > this._turns) this._line("user", this._said[this._turns]);
    this._turns += 1;
  }

  async _read() {
    try {
      const records = await get(`/api/processes/${this._pid}/journal`);
      const spawned = records.filter((r) => r.kind === "spawn" && r.body.request).map((r) => r.body.request);
      return [...spawned, ...records.filter((r) => r.kind === "input").map((r) => r.body.text ?? "")];
    } catch {
      return this._said;
    }
  }

  _isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  _line(kind, text) {
    const line = make("p", { className: kind }, text);
    this.element.append(line);
    this._message = null;
    return line;
  }

  _text({ text }) {
    if (this._message === null) {
      const line = this._line("agent", text);
      this._message = line;
    } else {
      this._message.append(text);
    }
  }

  _call_started({ seq, name, arguments: given }) {
    this._calls.set(seq, this._line("call", short(callWords(name, given), SHOWN)));
  }

  _call_ended({ seq, decision, result, error, seconds }) {
    const line = this._calls.get(seq) ?? this._line("call", "call");
    line.classList.add(error === null ? "done" : "failed");
    const outcome = error === null ? short(visible(result ?? ""), SHOWN) : short(visible(error), SHOWN);
    line.append(make("span", { className: "outcome" }, ` ${decision === "deny" ? "denied: " : "→ "}${outcome}`));
    line.title = `${seconds.toFixed(3)} s`;
  }

  _asked({ question }) {
    this.question = question;
    this._line("question", question);
  }

  _told({ message }) {
    this._line("agent", message);
  }

  _paged({ num_in, tokens_in, num_out, tokens_out }) {
    const words = [
      num_in && `${num_in} pages back (${tokens_in} tokens)`,
      num_out && `${num_out} pages to the archive (${tokens_out} tokens)`,
    ];
    this._line("note", words.filter(Boolean).join(", "));
  }

  _approval_asked({ question }) {
    this._line("note", `${visible(question.name)} waits for approval ${question.id}`);
  }

  _approval_given({ question, approved }) {
    this._line("note", `${question} ${approved ? "approved" : "denied"}`);
  }

  _answered({ error }) {
    if (error) this._line("failed", error);
    this._message = null;
    this._between = true;
  }

  _exited({ exit_code, answer, error }) {
    if (this.element.querySelector(".agent") === null && answer) this._line("agent", answer);
    if (error) this._line("failed", error);
    this._line("note", `exit ${exit_code}`);
    this.question = "";
  }
}
