// The models of this machine, and how full the memory of those that are loaded is.

import { get } from "./daemon.js";
import { count, find, make, visible } from "./dom.js";

const EVERY_S = 10;

export class Models {
  constructor() {
    this._files = [];
    this._read = -Infinity;
  }

  show(moment) {
    if (moment.at - this._read > EVERY_S) {
      this._read = moment.at;
      get("/api/models").then(
        (files) => this._known(files),
        () => {},
      );
    }
    const rates = new Map(moment.system.memory.map((row) => [row.model, row]));
    const health = new Map(moment.system.drivers.map((row) => [row.model, row]));
    const known = new Map(this._files.map((file) => [file.name, file]));
    for (const name of rates.keys()) if (!known.has(name)) known.set(name, { name });
    find("models").replaceChildren(
      ...[...known.values()].map((file) => entry(file, rates.get(file.name), health.get(file.name))),
    );
  }

  _known(files) {
    this._files = files;
    for (const file of files) windows.set(file.name, file.window_tokens);
  }
}

export const windows = new Map(); // tokens, by the model's name

function entry(file, rates, health) {
  const facts = [
    file.architecture,
    file.quantization,
    file.bytes && `${(file.bytes / 1e6).toFixed(1)} MB`,
    file.window_tokens && `a window of ${count(file.window_tokens, "token")}`,
  ];
  const head = make(
    "p",
    {},
    make("b", {}, visible(file.name)),
    " ",
    make("span", { className: "dim" }, facts.filter(Boolean).map(String).join(" · ")),
  );
  if (rates === undefined) return make("article", {}, head);
  const meter = make("meter", { min: 0, max: rates.cells, value: rates.cells - rates.free_cells });
  const used = `${(rates.cells - rates.free_cells).toLocaleString("en")} of ${rates.cells.toLocaleString("en")} KV cells`;
  const reused =
    rates.cached_tokens + rates.prefill_tokens
      ? Math.round((100 * rates.cached_tokens) / (rates.cached_tokens + rates.prefill_tokens))
      : 0;
  const done = [
    count(rates.decode_tokens + rates.forced_tokens, "new token"),
    `${reused} % of the prompts' tokens were there already`,
    rates.page_faults && count(rates.page_faults, "page fault"),
    rates.swap_ins && `${rates.swap_ins} swapped in`,
  ];
  const down = health?.down ? make("p", { role: "alert" }, health.down) : null;
  return make(
    "article",
    {},
    head,
    make("p", {}, meter, ` ${used}`),
    make("p", { className: "dim" }, done.filter(Boolean).join(" · ")),
    down,
  );
}
