// Calls that wait for a yes or a no. What is approved is what is shown: an argument a line, nothing in it unseen or cut.

import { ask } from "./daemon.js";
import { argumentWords, find, make, visible } from "./dom.js";

const READING_MS = 700; // a button that has only just come under somebody's finger is not meant
const SCOPES = {
  once: "Approve once",
  target: "Approve wherever it names the same",
  process: "Approve always in this process",
};

export class Approvals {
  constructor() {
    this._cards = new Map();
  }

  show(moment) {
    const waiting = new Set(moment.approvals.map((question) => question.id));
    for (const [id, card] of this._cards) {
      if (waiting.has(id)) continue;
      card.remove();
      this._cards.delete(id);
    }
    for (const question of moment.approvals) {
      if (this._cards.has(question.id)) continue;
      const card = this._card(question);
      this._cards.set(question.id, card);
      find("approvals").append(card);
    }
    find("approvals").hidden = waiting.size === 0;
    document.title = waiting.size ? `(${waiting.size}) llmasos` : "llmasos";
  }

  _card(question) {
    const says = make("p", { role: "alert" });
    const answer = (approve, scope) => async () => {
      try {
        await ask("POST", `/api/approvals/${question.id}`, approve ? { approve, scope } : { approve });
        says.textContent = approve ? "approved" : "denied";
      } catch (error) {
        says.textContent = error.message;
      }
    };
    const yes = question.scopes.map((scope) =>
      make("button", { disabled: true, onclick: answer(true, scope) }, SCOPES[scope] ?? scope),
    );
    const no = make("button", { disabled: true, className: "no", onclick: answer(false) }, "Deny");
    const buttons = [...yes, no];
    setTimeout(() => buttons.forEach((button) => (button.disabled = false)), READING_MS);
    return make(
      "article",
      { className: "approval" },
      make("h3", {}, `Process ${question.pid} asks: ${visible(question.name)}`),
      make(
        "pre",
        {},
        argumentWords(question.arguments)
          .map(([key, value]) => `${key}=${value}`)
          .join("\n"),
      ),
      make("p", {}, `because ${visible(question.reason)}`),
      make("blockquote", {}, ...question.quoted.map((line) => make("p", {}, visible(line)))),
      make("div", { className: "row" }, ...buttons),
      says,
    );
  }
}
