// The page asks for a snapshot once a second while it is seen, and draws it. Text from the stack only ever becomes text.
"use strict";

const CLASSES = ["send", "deliver", "session", "read", "change", "signal", "media", "other"];
const PARTS = ["gateway", "dynamodb", "lambda", "sns", "sqs", "s3", "logs"];
const UNITS = {
  frames: "frames", requests: "invocations", gb_seconds: "GB-s", read_units: "reads", write_units: "writes", publishes: "publishes",
  pushes: "pushes", queue_requests: "queue", object_writes: "S3 put", object_reads: "S3 get", log_bytes: "log bytes", connection_minutes: "conn. min",
};
const $ = (id) => document.getElementById(id);
const points = new Map(); // by second
const opened = new Map(); // connections by second, as this page has seen them
const theme = localStorage.getItem("parley.theme"); // what was chosen in the app
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
let last = 0, since = "", shown = null, paused = false;

// make makes an element of its class, its attributes and its children, which are elements or text.
function make(tag, className, ...children) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  e.append(...children);
  return e;
}

function number(n, digits = 1) {
  if (n === undefined || n === null) return "–";
  if (n !== 0 && Math.abs(n) < 1) digits = Math.max(digits, Math.abs(n) < 0.01 ? 4 : 2);
  return n.toLocaleString("en", { maximumFractionDigits: Math.abs(n) >= 1000 ? 0 : digits });
}
const clock = (at) => new Date(at).toLocaleTimeString("en-GB");

// unlessSame fills an element only when what it shows has changed, so that a selection in it lives.
function unlessSame(element, value, fill) {
  const key = JSON.stringify(value);
  if (element.shows === key) return;
  element.shows = key;
  element.replaceChildren(...fill(value));
}

// table fills a table: columns are [title, cell of a row, "text" or "wide"]; a cell is text, or [text, class].
function table(id, columns, rows, foot) {
  const cells = (row) => columns.map(([, cell, kind]) => { const c = cell(row); return Array.isArray(c) ? [c[0], (kind ?? "") + " " + c[1]] : [c, kind]; });
  unlessSame($(id), [rows.map(cells), foot], () => {
    const head = make("tr", "", ...columns.map(([title, , kind]) => { const th = make("th", kind === "wide" ? "text" : kind, title); th.scope = "col"; return th; }));
    const body = rows.map((row) => make("tr", "", ...cells(row).map(([text, kind]) => make("td", kind, String(text)))));
    if (rows.length === 0) { const td = make("td", "text nil", "nothing yet"); td.colSpan = columns.length; body.push(make("tr", "", td)); }
    const all = [make("thead", "", head), make("tbody", "", ...body)];
    if (foot) all.push(make("tfoot", "", make("tr", "", ...foot.map((text, i) => make("td", columns[i][2] ?? "", text)))));
    return all;
  });
}

const width = () => Number(document.querySelector("input[name=window]:checked").value);

// bins sums the points of the window into about sixty parts. The newest is the last that is over.
function bins(value) {
  const span = width(), size = span / 60, end = Math.floor(last / size) * size;
  return Array.from({ length: 60 }, (_, i) => {
    const from = end - span + i * size, seconds = [];
    for (let t = from; t < from + size; t++) seconds.push(value(t));
    return { at: from, size, seconds };
  });
}

// rate is the sum of a bin by name, a second.
const rate = (pick) => bins((t) => pick(points.get(t) ?? {}) ?? {}).map(({ at, size, seconds }) => {
  const sum = {};
  for (const s of seconds) for (const name in s) sum[name] = (sum[name] ?? 0) + (s[name] ?? 0) / size;
  return { at, values: sum };
});

const CHARTS = {
  actions: { names: CLASSES, stacked: true, data: () => rate((p) => p.actions) },
  cost: { names: CLASSES, stacked: true, data: () => rate((p) => p.cost) },
  message: {
    names: PARTS, stacked: true, keeps: true, data: () => {
      const messages = rate((p) => ({ n: p.actions?.send }));
      return rate((p) => p.sends).map(({ at, values }, i) => {
        const n = messages[i].values.n;
        return { at, values: n ? Object.fromEntries(Object.entries(values).map(([part, cost]) => [part, cost / n])) : {} };
      });
    },
  },
  acks: {
    names: ["p50", "p95", "p99"], keeps: true, data: () => bins((t) => points.get(t)?.acks).map(({ at, seconds }) => {
      const some = seconds.filter(Boolean), values = {};
      if (some.length) for (const q of ["p50", "p95", "p99"]) values[q] = Math.max(...some.map((s) => s[q]));
      return { at, values };
    }),
  },
  posts: { names: ["200", "410", "429"], colours: [0, 2, 5], more: true, stacked: true, data: () => rate((p) => p.posts) },
  connections: {
    names: ["open"], keeps: true, data: () => bins((t) => opened.get(t)).map(({ at, seconds }) => {
      const some = seconds.filter((n) => n !== undefined);
      return { at, values: some.length ? { open: some.at(-1) } : {} };
    }),
  },
};

function shape(tag, attributes, text) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) e.setAttribute(name, attributes[name]);
  if (text !== undefined) e.textContent = text;
  return e;
}

// ceiling is the next of 1, 2 and 5 times a power of ten.
function ceiling(n) {
  if (n <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(n));
  return [1, 2, 5, 10].map((m) => m * power).find((m) => m >= n * 0.999);
}

function draw(figure) {
  const chart = CHARTS[figure.dataset.chart], data = chart.data();
  let names = chart.names;
  if (chart.more) names = [...names, ...new Set(data.flatMap((d) => Object.keys(d.values)).filter((n) => !names.includes(n)))];
  const colour = (i) => "c" + Math.min(chart.colours?.[i] ?? i, 7);
  const W = 460, H = 150, left = 38, right = 6, top = 8, bottom = 18;
  const sum = (d) => names.reduce((s, n) => s + (d.values[n] ?? 0), 0);
  const high = ceiling(Math.max(...data.map((d) => (chart.stacked ? sum(d) : Math.max(0, ...names.map((n) => d.values[n] ?? 0))))));
  const x = (i) => left + ((W - left - right) * i) / data.length, y = (v) => top + (H - top - bottom) * (1 - v / high);
  const svg = shape("svg", { viewBox: `0 0 ${W} ${H}`, role: "img" });
  for (const part of [0, 0.5, 1]) {
    svg.append(shape("line", { x1: left, x2: W - right, y1: y(high * part), y2: y(high * part) }));
    svg.append(shape("text", { x: left - 5, y: y(high * part) + 3, "text-anchor": "end" }, number(high * part)));
  }
  for (const i of [0, 20, 40]) svg.append(shape("text", { x: x(i), y: H - 4 }, clock(data[i].at * 1000)));
  const step = (W - left - right) / data.length;
  if (chart.stacked) {
    data.forEach((d, i) => {
      let below = 0;
      names.forEach((n, c) => {
        const v = d.values[n] ?? 0;
        if (v <= 0) return;
        svg.append(shape("rect", { class: colour(c), x: x(i) + 0.5, width: Math.max(step - 1, 0.5), y: y(below + v), height: Math.max(y(below) - y(below + v), 0.5) }));
        below += v;
      });
    });
  } else {
    names.forEach((n, c) => {
      let path = "", pen = false;
      data.forEach((d, i) => {
        const v = d.values[n];
        if (v === undefined) { pen = false; return; }
        const alone = !pen && data[i + 1]?.values[n] === undefined;
        if (alone) svg.append(shape("circle", { class: "dot " + colour(c), cx: x(i + 0.5), cy: y(v), r: 2 }));
        path += `${pen ? "L" : "M"}${x(i + 0.5).toFixed(1)} ${y(v).toFixed(1)}`;
        pen = true;
      });
      svg.append(shape("path", { class: colour(c), d: path }));
    });
  }
  const newest = (chart.keeps ? data.findLast((d) => sum(d) > 0) : data.at(-1))?.values ?? {}; // a rate is nothing when nothing is
  const seen = names.map((n, c) => [n, c]).filter(([n]) => data.some((d) => d.values[n] > 0));
  const said = seen.map(([n]) => `${n} ${number(newest[n] ?? 0)}`).join(", ");
  svg.setAttribute("aria-label", `${figure.querySelector("figcaption").textContent}: ${said || "nothing yet"}`);
  const legend = make("ul", "", ...seen.map(([n, c]) => make("li", colour(c), n + " ", make("b", "", number(newest[n] ?? 0)))));
  figure.replaceChildren(figure.querySelector("figcaption"), svg, legend);
}

function tiles(s) {
  const total = s.actions.reduce((sum, a) => sum + a.microdollars, 0);
  const dead = s.queues.filter((q) => q.dead).reduce((n, q) => n + q.visible + q.in_flight, 0);
  const waiting = s.queues.filter((q) => !q.dead).reduce((n, q) => n + q.visible + q.in_flight + q.delayed, 0);
  const failed = s.functions.reduce((n, f) => n + f.errors, 0);
  const all = [
    [number(s.recent.messages, 0), "messages a minute"],
    [s.recent.messages ? number(s.recent.microdollars, 2) : "–", "µ$ a message"],
    [s.recent.acks.count ? [s.recent.acks.p50, s.recent.acks.p95, s.recent.acks.p99].map((v) => number(v, 0)).join(" / ") : "–", "ms to ack, p50 / 95 / 99"],
    [number(s.connections.now, 0), "connections"],
    [number(s.functions.reduce((n, f) => n + f.processes, 0), 0), "processes"],
    ["$" + number(total / 1e6, 6), "all of it so far"],
    [number(waiting, 0), "in queues"],
    [number(failed, 0), "failed", failed > 0],
    [number(dead, 0), "dead letters", dead > 0],
  ];
  unlessSame($("tiles"), all, () => all.map(([value, what, bad]) => make("div", bad ? "tile bad" : "tile", make("b", "", value), make("span", "", what))));
}

function ledger(s) {
  const units = Object.keys(UNITS).filter((u) => s.actions.some((a) => a.bill[u]));
  const each = (a) => (a.count ? a.microdollars / a.count : undefined);
  const total = {};
  for (const a of s.actions) for (const u of units) total[u] = (total[u] ?? 0) + (a.bill[u] ?? 0);
  table("ledger-table", [
    ["action", (a) => a.action, "text"], ["class", (a) => a.class, "text"], ["count", (a) => number(a.count)],
    ["failed", (a) => [number(a.failed), a.failed ? "bad" : ""]], ["p50 ms", (a) => number(a.took_ms.count ? a.took_ms.p50 : undefined)],
    ["p99 ms", (a) => number(a.took_ms.count ? a.took_ms.p99 : undefined)], ["µ$ each", (a) => number(each(a), 3)], ["µ$", (a) => number(a.microdollars, 2)],
    ...units.map((u) => [UNITS[u], (a) => (a.bill[u] ? number(a.bill[u], 2) : "")]),
  ], s.actions, ["all", "", number(s.actions.reduce((n, a) => n + a.count, 0)), "", "", "", "",
    number(s.actions.reduce((n, a) => n + a.microdollars, 0), 2), ...units.map((u) => number(total[u], 2))]);
  $("prices").textContent = `Since ${clock(s.since)}, at the prices of ${s.region} from ${s.prices}. One microdollar for each is one dollar for a million.`;
  const titles = { posts: "Posts by status", pushes: "Pushes by status", refused: "Refused by tables", errors: "Errors that clients saw" };
  unlessSame($("outcomes"), s.outcomes, () => Object.keys(titles).filter((k) => s.outcomes[k]).map((k) =>
    make("div", "", make("dt", "", titles[k]), make("dd", "", Object.entries(s.outcomes[k]).sort().map(([how, n]) => `${how} × ${number(n)}`).join(", ")))));
}

function show(s) {
  tiles(s);
  document.querySelectorAll("figure[data-chart]").forEach(draw);
  ledger(s);
  const alarm = (key) => (f) => [number(f[key]), f[key] ? "bad" : "nil"];
  table("functions-table", [
    ["function", (f) => f.name, "text"], ["invocations", (f) => number(f.invocations)], ["errors", alarm("errors")], ["timeouts", alarm("timeouts")],
    ["throttles", alarm("throttles")], ["cold starts", (f) => number(f.cold_starts)], ["mean billed ms", (f) => number(f.mean_ms)],
    ["running", (f) => number(f.running)], ["processes", (f) => number(f.processes)], ["", (f) => f.about, "text"],
  ], s.functions);
  table("invocations-table", [
    ["at", (i) => clock(i.at), "text"], ["function", (i) => i.function, "text"], ["action", (i) => i.action, "text"], ["ms", (i) => number(i.took_ms, 2)],
    ["cold start ms", (i) => (i.init_ms ? number(i.init_ms) : "")], ["µ$", (i) => number(i.microdollars, 3)], ["", (i) => (i.failed ? ["failed", "bad"] : "")],
  ], s.invocations);
  table("queues-table", [
    ["queue", (q) => q.name, "text"], ["waiting", (q) => [number(q.visible), q.dead && q.visible ? "bad" : ""]], ["in flight", (q) => number(q.in_flight)],
    ["delayed", (q) => number(q.delayed)], ["oldest s", (q) => number(q.oldest_s, 0)],
  ], s.queues);
  unlessSame($("notifications"), s.notifications, (all) => all.length ? all.map((n) =>
    make("li", "", make("i", "", n.at), make("b", "", n.user + "  "), `${n.title}: ${n.body}`)) : [make("li", "", "nothing yet")]);
  lines();
  const select = document.querySelector("#browse select");
  if (!select.options.length) { select.append(...s.tables.map((t) => new Option(t.name))); partitions(); }
}

function lines() {
  const wanted = $("filter").value.toLowerCase();
  const some = shown.logs.filter((l) => !wanted || (l.function + " " + l.text).toLowerCase().includes(wanted));
  unlessSame($("lines"), some, () => some.map((l) => make("li", "", make("i", "", clock(l.at)), make("i", "", l.function), l.text)));
}

async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function poll() {
  const state = $("state");
  try {
    if (!paused && !document.hidden) {
      const s = await ask("/dev/console?after=" + last);
      if (s.since !== since) { points.clear(); opened.clear(); since = s.since; if (last) { last = 0; return; } } // another stack
      for (const p of s.points) points.set(p.at, p);
      const now = Math.floor(Date.parse(s.at) / 1000) - 1;
      for (let t = Math.max(last + 1, now - 5); t <= now; t++) opened.set(t, s.connections.now); // a second may be left out
      last = now;
      for (const old of [points, opened]) for (const at of old.keys()) if (at < last - 700) old.delete(at);
      shown = s;
      show(s);
      state.className = "";
      if (state.textContent !== "live") state.textContent = "live";
    }
  } catch {
    state.className = "lost";
    state.textContent = "no answer: is the stack running?";
  } finally {
    setTimeout(poll, 1000);
  }
}

function pause() {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", paused);
  $("pause").textContent = paused ? "Go on" : "Pause";
  $("state").className = paused ? "paused" : "";
  $("state").textContent = paused ? "paused" : "live";
}

const form = $("browse");
let next = "";

async function partitions() {
  const keys = await ask("/dev/console/tables/" + form.table.value).catch(() => []);
  $("partitions").replaceChildren(...keys.map((k) => new Option("", k)));
  form.key.placeholder = keys[0] ?? "";
}

async function look(after) {
  const query = new URLSearchParams({ key: form.key.value, after, order: form.up.checked ? "up" : "down" });
  try {
    const page = await ask(`/dev/console/tables/${form.table.value}?${query}`);
    const t = shown.tables.find((t) => t.name === form.table.value), keys = [t.partition_key, t.sort_key];
    const rest = (item) => JSON.stringify(Object.fromEntries(Object.entries(item).filter(([name]) => !keys.includes(name))));
    table("items-table", [[t.sort_key ?? t.partition_key, (i) => i[t.sort_key ?? t.partition_key], "text"], ["attributes", rest, "wide"]], page.items);
    next = page.next ?? "";
    $("found").textContent = `${page.items.length} items${next ? ", there are more" : ""}`;
  } catch (err) {
    $("found").textContent = err.message;
  }
  $("more").hidden = !next;
}

form.table.addEventListener("change", () => { form.key.value = ""; partitions(); });
form.key.addEventListener("focus", partitions);
form.addEventListener("submit", (e) => { e.preventDefault(); look(""); });
$("more").addEventListener("click", () => look(next));
$("filter").addEventListener("input", () => shown && lines());
$("pause").addEventListener("click", pause);
$("window").addEventListener("change", () => shown && show(shown));
document.addEventListener("keydown", (e) => {
  if (e.key === " " && e.target === document.body) { e.preventDefault(); pause(); }
});
poll();
