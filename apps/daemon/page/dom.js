// Elements, made of text alone: nothing that a model, a tool or a user wrote is ever read as HTML.

export const find = (id) => document.getElementById(id);

// make("button", { className: "a", onclick: f }, "text", child, ...)
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function drawn(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// As apps/printable.py has it: letters and marks that are not drawn, whatever their category says.
const BLANK = /[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/u;
const UNSEEN = /[\p{C}\p{Z}]/u;

// Text in which whatever cannot be seen is written out, as JSON writes it: what somebody says yes to.
export function visible(text) {
  return Array.from(text, (c) => (c !== " " && (UNSEEN.test(c) || BLANK.test(c)) ? escaped(c) : c)).join("");
}

const SHORT = { "\b": "\\b", "\f": "\\f", "\n": "\\n", "\t": "\\t", "\r": "\\r" };

function escaped(character) {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return SHORT[character] ?? units.map((unit) => "\\u" + unit.toString(16).padStart(4, "0")).join("");
}

const written = (value) => visible(JSON.stringify(value));
const isPlain = (key) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(key) && visible(key) === key;

// Names and values of a call's arguments, as Python writes them.
export const argumentWords = (given) =>
  Object.entries(given).map(([key, value]) => [isPlain(key) ? key : written(key), written(value)]);

export const callWords = (name, given) =>
  `${visible(name)}(${argumentWords(given)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ")})`;

export function short(text, width) {
  const flat = text.split(/\s+/).join(" ").trim();
  return flat.length <= width ? flat : flat.slice(0, width - 1) + "…";
}

export const count = (number, noun, nouns = `${noun}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? noun : nouns}`;
