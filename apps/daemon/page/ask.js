// Starting a process.

import { ask, get } from "./daemon.js";
import { find, make } from "./dom.js";

export class Ask {
  constructor(started) {
    this._started = started;
    this._known = false;
    find("ask").onsubmit = (event) => {
      event.preventDefault();
      this._run();
    };
    find("request").onkeydown = (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this._run();
    };
  }

  show() {
    if (this._known) return;
    this._known = true;
    get("/api/apps").then(
      (apps) => find("app").replaceChildren(...apps.map((app) => make("option", { value: app.name }, app.name))),
      () => (this._known = false),
    );
  }

  async _run() {
    const request = find("request").value;
    const body = {
      app: find("app").value || "agent",
      request,
      interactive: find("talks").checked,
      attended: find("talks").checked,
    };
    find("ask-says").textContent = "";
    try {
      const { pid } = await ask("POST", "/api/processes", body);
      find("request").value = "";
      this._started(pid);
    } catch (error) {
      find("ask-says").textContent = error.message;
    }
  }
}
