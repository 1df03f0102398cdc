"use strict";
const BATCH = 100;
const byId = (id) => document.getElementById(id);
const clips = JSON.parse(byId("clips").textContent);
const RANK = { error: 2, warning: 1, info: 0 };
const doubts = (clip) => clip.findings.filter((finding) => RANK[finding.severity] > 0).length;
const ratio = (clip) => clip.shake_before_px ? clip.shake_after_px / clip.shake_before_px : null;
const COLUMNS = [
  { title: "", make: picture },
  { title: "clip", key: (clip) => clip.video, make: name },
  { title: "status", key: (clip) => clip.status, make: status },
  { title: "length", key: (clip) => clip.seconds, make: (clip) => number("length", clip.seconds, 1, " s") },
  { title: "shake", key: ratio, make: spark },
  { title: "before", key: (clip) => clip.shake_before_px, make: (clip) => number("shake before", clip.shake_before_px, 2, " px") },
  { title: "after", key: (clip) => clip.shake_after_px, make: (clip) => number("shake after", clip.shake_after_px, 2, " px") },
  { title: "crop", key: (clip) => clip.crop, make: (clip) => number("crop", clip.crop, 2, "") },
  { title: "confidence", key: (clip) => clip.confidence, make: (clip) => number("confidence", clip.confidence, 2, "") },
  { title: "findings", key: (clip) => clip.findings.length ? doubts(clip) * 1000 + clip.findings.length : 0, make: findings },
];
let sorting = { column: 1, descending: false }, shown = [], drawn = 0;

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
function picture(clip) {
  const cell = element("td");
  if (clip.thumbnail) cell.append(element("img", undefined, { src: clip.thumbnail, alt: "", loading: "lazy", width: 112, height: 64 }));
  return cell;
}
function name(clip) {
  const cell = element("td", undefined, { class: "name" });
  cell.append(clip.href ? element("a", clip.video, { href: clip.href }) : clip.video);
  return cell;
}
function status(clip) {
  const cell = element("td", clip.status, { class: clip.status === "failed" ? "words failed" : "words" });
  if (clip.detail) cell.append(element("div", clip.detail, { class: "muted" }));
  return cell;
}
function number(label, value, digits, unit) {
  return element("td", value === null ? "" : value.toFixed(digits) + unit, { class: "number", ...(value === null ? {} : { "data-label": label }) });
}
function spark(clip) {
  const cell = element("td");
  if (!clip.spark_before.length) return cell;
  const most = Math.max(0.01, ...clip.spark_before, ...clip.spark_after);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 120 34");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "shake over time, before and after");
  for (const [values, color] of [[clip.spark_before, "var(--before)"], [clip.spark_after, "var(--after)"]]) {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    const step = values.length > 1 ? 118 / (values.length - 1) : 0;
    line.setAttribute("points", values.map((value, index) => (1 + index * step).toFixed(1) + "," + (32 - 30 * value / most).toFixed(1)).join(" "));
    line.setAttribute("fill", "none");
    line.setAttribute("stroke-width", "1.5");
    line.style.stroke = color;
    svg.append(line);
  }
  cell.append(svg);
  return cell;
}
function findings(clip) {
  const cell = element("td", undefined, { class: "words" });
  const counts = new Map();
  for (const finding of clip.findings) {
    const known = counts.get(finding.code) || { count: 0, severity: finding.severity, message: finding.message };
    known.count += 1;
    counts.set(finding.code, known);
  }
  for (const [code, { count, severity, message }] of counts) {
    const text = (count > 1 ? code + " \u00d7" + count : code) + (message ? ": " + message : "");
    cell.append(element("div", text, { class: severity === "info" ? "muted" : severity }));
  }
  return cell;
}
function drawHead() {
  byId("head").replaceChildren(...COLUMNS.map((column, index) => {
    const cell = element("th", undefined, { scope: "col" });
    if (!column.key) return cell;
    const button = element("button", column.title, { type: "button" });
    button.addEventListener("click", () => {
      sorting = { column: index, descending: sorting.column === index ? !sorting.descending : index > 2 };
      refresh();
      byId("head").children[index].querySelector("button").focus();
    });
    if (sorting.column === index) cell.setAttribute("aria-sort", sorting.descending ? "descending" : "ascending");
    cell.append(button);
    return cell;
  }));
}
function compare(one, other) {
  const key = COLUMNS[sorting.column].key, a = key(one), b = key(other);
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : a - b;
  return sorting.descending ? -order : order;
}
function refresh() {
  const wanted = byId("name").value.toLowerCase(), state = byId("status").value, code = byId("finding").value;
  shown = clips.filter((clip) => clip.video.toLowerCase().includes(wanted)
    && (!state || clip.status === state)
    && (!code || (code === "*" ? clip.findings.length : clip.findings.some((finding) => finding.code === code))));
  shown.sort(compare);
  drawHead();
  byId("rows").replaceChildren();
  drawn = 0;
  drawMore();
}
function drawMore() {
  const next = shown.slice(drawn, drawn + BATCH);
  byId("rows").append(...next.map((clip) => {
    const row = element("tr");
    row.append(...COLUMNS.map((column) => column.make(clip)));
    return row;
  }));
  drawn += next.length;
  byId("more").hidden = drawn >= shown.length;
  byId("count").textContent = shown.length === clips.length ? "" : shown.length + " of " + clips.length + " clips";
}
function choices(id, values) {
  for (const value of [...new Set(values)].sort()) byId(id).append(element("option", value, { value }));
}
choices("status", clips.map((clip) => clip.status));
choices("finding", clips.flatMap((clip) => clip.findings.map((finding) => finding.code)));
COLUMNS.forEach((column, index) => { if (column.key) byId("sort").append(element("option", column.title, { value: index })); });
byId("sort").value = 1;
byId("sort").addEventListener("change", () => {
  const column = Number(byId("sort").value);
  sorting = { column, descending: column > 2 };
  refresh();
});
for (const id of ["name", "status", "finding"]) byId(id).addEventListener("input", refresh);
byId("more").addEventListener("click", drawMore);
new IntersectionObserver((entries) => { if (entries[0].isIntersecting && drawn < shown.length) drawMore(); }, { rootMargin: "600px" }).observe(byId("more"));
refresh();
