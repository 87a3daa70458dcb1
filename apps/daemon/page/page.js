// The web page: a moment of the whole machine each second (/api/watch), and the process that its reader looks at.

import { Approvals } from "./approvals.js";
import { Ask } from "./ask.js";
import { Models } from "./models.js";
import { Process } from "./process.js";
import { Timeline } from "./timeline.js";
import { Training } from "./training.js";
import { Tree } from "./tree.js";
import { Refused, events, forgetToken, hasToken, pause, useToken } from "./daemon.js";
import { count, find } from "./dom.js";

const AGAIN_S = 2;

// The address may bring the token behind its #, which no server is sent; it does not stay in sight or in the history.
function takeToken() {
  const brought = new URLSearchParams(location.hash.slice(1)).get("token");
  if (brought === null) return;
  useToken(brought);
  history.replaceState(null, "", location.pathname);
}

function askForToken(says = "") {
  find("desk").hidden = true;
  find("door").hidden = false;
  find("door-says").textContent = says;
  find("token").focus();
  return new Promise((resolve) => {
    find("door").onsubmit = (event) => {
      event.preventDefault();
      useToken(find("token").value);
      find("token").value = "";
      find("door").hidden = true;
      resolve();
    };
  });
}

function show(moment, parts) {
  const { system, processes } = moment;
  const places = [
    `pid ${system.pid}`,
    count(system.processes, "process", "processes"),
    `load ${system.load} on ${count(system.cores, "core")}`,
  ];
  find("facts").textContent = [
    `llmasos ${system.version}`,
    system.ready ? system.model : "not ready yet",
    ...places,
  ].join(" · ");
  for (const part of parts) part.show(moment, processes);
}

async function follow(parts) {
  for await (const { data } of events("/api/watch")) {
    find("desk").hidden = false;
    find("silence").hidden = true;
    show(data, parts);
  }
  throw new Error("the daemon has ended");
}

async function main() {
  takeToken();
  const process = new Process();
  const tree = new Tree((pid) => process.open(pid));
  const parts = [
    tree,
    process,
    new Approvals(),
    new Timeline(),
    new Models(),
    new Training(),
    new Ask((pid) => tree.choose(pid)),
  ];
  if (!hasToken()) await askForToken();
  while (true) {
    try {
      await follow(parts);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) {
        forgetToken();
        await askForToken("That is not its token.");
        continue;
      }
      find("silence").hidden = false;
      find("silence").textContent = `no answer (${error.message}); trying again`;
      await pause(AGAIN_S);
    }
  }
}

main();
