// The training runs of this machine: a curve each, loss over tokens, logarithmic.

import { get } from "./daemon.js";
import { drawn, find, make, visible } from "./dom.js";

const EVERY_S = 10;
const RUNNING_S = 120; // since its last step
const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [420, 160, 44, 8, 8, 22];

export class Training {
  constructor() {
    this._read = -Infinity;
  }

  show(moment) {
    if (moment.at - this._read <= EVERY_S) return;
    this._read = moment.at;
    get("/api/trainings").then(
      (runs) => this._draw(runs, moment.at),
      () => {},
    );
  }

  _draw(runs, now) {
    const none = make("p", { className: "dim" }, "Nothing has been trained here: llmasos train RECIPE.");
    find("training").replaceChildren(...(runs.length ? runs.map((run) => entry(run, now)) : [none]));
  }
}

function entry(run, now) {
  const loss = run.curve.at(-1)[1];
  const share = Math.min(100, (100 * run.seen) / run.tokens);
  const facts = [
    `step ${run.step}`,
    `${millions(run.seen)} of ${millions(run.tokens)} tokens (${share.toFixed(0)} %)`,
    `loss ${loss.toPrecision(4)}`,
  ];
  if (now - run.updated < RUNNING_S) facts.push(`${Math.round(run.tokens_s).toLocaleString("en")} tokens a second`);
  return make(
    "article",
    {},
    make(
      "p",
      { title: run.folder },
      make("b", {}, visible(run.name)),
      " ",
      make("span", { className: "dim" }, facts.join(" · ")),
    ),
    curve(run.curve),
  );
}

function curve(points) {
  const losses = points.map(([, loss]) => Math.max(1e-6, loss));
  const most = Math.max(...points.map(([tokens]) => tokens));
  const high = Math.log10(Math.max(...losses)) + 0.05;
  const low = Math.min(Math.log10(Math.min(...losses)) - 0.05, high - 0.3);
  const x = (tokens) => LEFT + ((WIDTH - LEFT - RIGHT) * tokens) / most;
  const y = (loss) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - Math.log10(Math.max(1e-6, loss)))) / (high - low);
  const marks = [0, 1 / 3, 2 / 3, 1].map((part) => 10 ** (high - part * (high - low)));
  const lines = marks.flatMap((loss) => [
    drawn("path", { d: `M${LEFT} ${y(loss)}H${WIDTH - RIGHT}`, class: "grid" }),
    drawn("text", { x: LEFT - 6, y: y(loss) + 4, "text-anchor": "end" }, loss.toPrecision(2)),
  ]);
  const path = points.map(([tokens, loss]) => `${x(tokens).toFixed(1)},${y(loss).toFixed(1)}`).join(" ");
  const ends = [
    drawn("text", { x: LEFT, y: HEIGHT - 6 }, "0"),
    drawn("text", { x: WIDTH - RIGHT, y: HEIGHT - 6, "text-anchor": "end" }, `${millions(most)} tokens`),
  ];
  const picture = drawn(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "curve", role: "img" },
    ...lines,
    drawn("polyline", { points: path }),
    ...ends,
  );
  picture.setAttribute("aria-label", `loss over tokens, ${points.length} points`);
  return picture;
}

const millions = (tokens) => (tokens >= 1e6 ? `${(tokens / 1e6).toFixed(1)}M` : tokens.toLocaleString("en"));
