// Traces: which there are, and the steps of the chosen one under each other, as long as they took.
"use strict";

const traces = { chosen: "", newest: [] };

// steps puts each span below the one that caused it.
function steps(spans) {
  const known = new Set(spans.map((s) => s.id)), below = new Map(), all = [];
  for (const s of spans) {
    const parent = known.has(s.parent) ? s.parent : "";
    below.set(parent, [...(below.get(parent) ?? []), s]);
  }
  const walk = (parent, depth) => { for (const s of below.get(parent) ?? []) { all.push({ ...s, depth }); walk(s.id, depth + 1); } };
  walk("", 0);
  return all;
}

// cost of an invocation alone; the steps in it have none of their own.
const cost = (s) => (s.notes?.["parley.microdollars"] ? number(Number(s.notes["parley.microdollars"]), 2) + " µ$" : "");

function waterfall(spans) {
  const rows = steps(spans), from = Math.min(...rows.map((s) => Date.parse(s.start)));
  const end = Math.max(...rows.map((s) => Date.parse(s.start) - from + s.took_ms), 1);
  const functions = [...new Set(rows.map((s) => s.function))];
  return rows.map((s) => {
    const at = Date.parse(s.start) - from, svg = shape("svg", { viewBox: "0 0 1000 14", preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(shape("rect", { class: "c" + Math.min(functions.indexOf(s.function), 7), x: (1000 * at) / end, y: 2, height: 10, width: Math.max((1000 * s.took_ms) / end, 2) }));
    const notes = Object.entries(s.notes ?? {}).map(([k, v]) => `${k}: ${v}`).join("\n");
    const name = make("span", "depth" + Math.min(s.depth, 6), s.name);
    const li = make("li", s.failed ? "bad" : "", name, make("i", "", s.function), svg, make("b", "", [number(s.took_ms, 2) + " ms", cost(s), s.failed].filter(Boolean).join(", ")));
    li.title = notes;
    return li;
  });
}

async function choose(id) {
  traces.chosen = id;
  const spans = await ask("/dev/console/traces/" + id).catch(() => []);
  unlessSame($("waterfall"), spans, () => (spans.length ? waterfall(spans) : [make("li", "", "choose one")]));
  document.querySelectorAll("#traces-list button").forEach((b) => b.setAttribute("aria-pressed", String(b.value === id)));
}

function list() {
  const wanted = $("trace-filter").value.toLowerCase();
  const some = traces.newest.filter((t) => !wanted || (t.name + " " + t.functions.join(" ")).toLowerCase().includes(wanted));
  unlessSame($("traces-list"), some, () => some.map((t) => {
    const b = make("button", "", make("i", "", clock(t.at)), make("b", "", t.name), ` ${number(t.took_ms, 1)} ms, ${t.spans} steps in ${t.functions.join(", ")}`);
    b.type = "button";
    b.value = t.id;
    b.setAttribute("aria-pressed", String(t.id === traces.chosen));
    b.addEventListener("click", () => choose(t.id));
    return make("li", "", b);
  }));
}

async function follow() {
  try {
    if (!paused && !document.hidden) {
      traces.newest = await ask("/dev/console/traces");
      list();
      if (traces.chosen) await choose(traces.chosen); // its later steps come later
    }
  } catch {
    // the page says that there is no answer
  } finally {
    setTimeout(follow, 2000);
  }
}

$("trace-filter").addEventListener("input", list);
follow();
