// A picture of a context: each segment as wide as it has tokens, its colour where its KV is, and what lies in the archive.

import { count, make, short, visible } from "./dom.js";

const LEGEND = [
  ["resident", "on the device"],
  ["shared", "shared there"],
  ["swapped", "in swap"],
  ["nowhere", "computed when needed"],
  ["archived", "archived"],
  ["pinned", "pinned"],
];

export class Context {
  constructor() {
    this.element = make("div", { className: "context" });
  }

  draw(segments, window) {
    const here = segments.filter((segment) => !segment.archived);
    const away = segments.filter((segment) => segment.archived);
    const total = (rows, key) => rows.reduce((sum, row) => sum + row[key], 0);
    const size = total(here, "tokens");
    const words = [
      window ? `${size.toLocaleString("en")} of ${count(window, "token")}` : count(size, "token"),
      `${total(here, "resident").toLocaleString("en")} on the device`,
    ];
    if (total(here, "shared")) words.push(`${total(here, "shared").toLocaleString("en")} of them shared`);
    const swapped = here.reduce((sum, row) => sum + Math.max(0, row.swapped - row.resident), 0); // a saved copy is no swap
    if (swapped) words.push(`${swapped.toLocaleString("en")} in swap`);
    const note = make("p", { className: "note", hidden: true });
    const bars = [bar(here, note, Math.max(window ?? 0, size))];
    if (away.length) {
      bars.push(
        make(
          "p",
          { className: "dim" },
          `archive: ${count(total(away, "tokens"), "token")} in ${count(away.length, "page")}`,
        ),
        bar(away, note, total(away, "tokens")),
      );
    }
    this.element.replaceChildren(
      make("h3", {}, "Context ", make("span", { className: "dim" }, words.join(" · "))),
      ...bars,
      legend(),
      note,
    );
  }
}

// Of segments in a room of so many tokens; what is free of it stays empty.
function bar(segments, note, whole) {
  const all = segments.filter((segment) => segment.tokens > 0);
  const free = make("div", { className: "free" });
  free.style.flexGrow = (whole - all.reduce((sum, segment) => sum + segment.tokens, 0)) / whole;
  return make("div", { className: "bar" }, ...all.map((segment) => block(segment, whole, note)), free);
}

function block(segment, whole, note) {
  const element = make("div", { className: `segment ${segment.role}`, tabIndex: 0 });
  element.style.flexGrow = segment.tokens / whole;
  const part = (name, tokens) => {
    const slice = make("i", { className: name });
    slice.style.flexGrow = tokens;
    return slice;
  };
  const shared = Math.min(segment.shared, segment.resident);
  const swapped = Math.max(0, segment.swapped - segment.resident);
  const nowhere = segment.tokens - segment.resident - swapped;
  const slices = segment.archived
    ? [["archived", segment.tokens]]
    : [
        ["resident shared", shared],
        ["resident", segment.resident - shared],
        ["swapped", swapped],
        ["nowhere", nowhere],
      ];
  element.append(make("div", { className: "role" }, segment.role));
  element.append(
    make(
      "div",
      { className: "kv" },
      ...slices.filter(([, tokens]) => tokens > 0).map(([name, tokens]) => part(name, tokens)),
    ),
  );
  if (segment.pinned) element.classList.add("pinned");
  if (!segment.trusted) element.classList.add("untrusted");
  const tell = () => {
    note.hidden = false;
    note.textContent = told(segment);
  };
  element.onmouseenter = element.onfocus = tell;
  element.title = told(segment);
  return element;
}

function told(segment) {
  const where = segment.archived ? "archived" : `${segment.resident} on the device, ${segment.swapped} in swap`;
  const words = [
    segment.role,
    count(segment.tokens, "token"),
    where,
    segment.pinned ? "pinned" : "",
    segment.source ? `from ${visible(segment.source)}${segment.trusted ? "" : " (untrusted)"}` : "",
  ];
  return `${words.filter(Boolean).join(" · ")}: ${short(segment.text, 300)}`;
}

const legend = () =>
  make(
    "p",
    { className: "legend" },
    ...LEGEND.flatMap(([name, word]) => [
      make("i", { className: name === "shared" ? "resident shared" : name }),
      `${word} `,
    ]),
  );
