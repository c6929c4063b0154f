// The scan door of a station page: what the gun reads (wedge.js, camera.js) is kept first (kept.js) and then sent
// (outbox.js); this file shows it. Every word is in a template, in the reader's language.
import { begin, box, elsewhere, go, keep, ours, pulse, pump, seen, signed, unreachable, waiting, withdraw } from "./outbox.js";
import { listen } from "./wedge.js";
import { offer } from "./camera.js";

const form = document.querySelector("form[data-scan-door]");
const field = form?.querySelector("[data-scan]");
const answer = document.getElementById("floor-answer");

const DOUBLE = 300; // ms: the trigger pulled twice
const CALM = 700; // ms: a reply that is slower is shown as not confirmed
const ROOM = 200; // what this device keeps

let last = { text: "", at: 0 };
let following = null;
let signing = null; // the kept form whose signature is on the page

// ---- reading
function read(text) {
  const now = Date.now();
  if (!text.trim()) return;
  if (text === last.text && now - last.at < DOUBLE) return;
  last = { text, at: now };
  store({ kind: "scan", text });
}

async function store(entry) {
  if (waiting().length >= ROOM) { draw("scan-full"); return; }
  if (ours().length === 0 && box.since === null) await seen();
  await keep(entry);
  if (box.since !== null) { show(); return; }
  setTimeout(() => { if (ours().length && box.stands === null) show(); }, CALM);
}

function undo() {
  const entry = waiting().filter((one) => one.session === form.dataset.session).at(-1);
  if (!entry || entry.state !== "waiting") return false;
  withdraw(entry).then(show);
  return true;
}

// ---- forms: values wait like scans do; a PIN never
function submitted(event) {
  const sent = event.target;
  if (box.since === null || !sent.matches("#floor-step form")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (sent.querySelector("[type=password]")) { sent.querySelector("[type=password]").value = ""; draw("scan-pin-later"); return; }
  keepForm(sent);
}

function keepForm(sent) {
  const fields = [...new FormData(sent)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const values = [...sent.querySelectorAll(".value")].map((value) => ["label", "input", ".unit"].map((part) => { const found = value.querySelector(part); return (found?.value ?? found?.textContent ?? "").trim(); }).join(" "));
  const text = [sent.querySelector("h2")?.textContent.trim(), ...values].filter(Boolean).join(" · ");
  store({ kind: "form", text, action: sent.getAttribute("action"), fields, id: fields.find(([name]) => name === "key")?.[1] });
  sent.remove();
}

// htmx lost the reply of a form: its key makes sending it again harmless.
function failed(event) {
  const sent = event.target.closest?.("#floor-step form");
  unreachable();
  if (sent && !sent.querySelector("[type=password]")) keepForm(sent);
  else if (sent) draw("scan-pin-later");
}

function answered(event) {
  if (signing && event.detail.successful && event.detail.elt.matches?.("form") && !document.querySelector("#floor-step [name=pin]")) {
    signed(signing);
    signing = null;
  }
}

// ---- showing
function judged(entry, result) {
  const mine = entry.session === form.dataset.session;
  if (mine && result.html) swap(result.html);
  if (entry.state === "pin") signing = entry.id;
  if (box.entries.length > 1 && box.entries.some((one) => one.kept)) list();
  if (box.ended && ours().length === 0) reveal("ended", true);
  if (waiting().length === 0) pulse();
}

function unreadable(entry) {
  draw("scan-unreadable", { text: entry.text });
}

function swap(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const part of holder.content.querySelectorAll("[hx-swap-oob]")) {
    part.removeAttribute("hx-swap-oob");
    part.remove();
    const old = document.getElementById(part.id);
    if (old) { old.replaceWith(part); window.htmx?.process(part); }
  }
  place(holder.content);
}

function draw(name, values = {}) {
  const part = document.getElementById(name).content.cloneNode(true);
  for (const spot of part.querySelectorAll("[data-fill]")) spot.textContent = values[spot.dataset.fill] ?? "";
  place(part);
}

function place(content) {
  answer.replaceChildren(content);
  window.htmx?.process(answer);
  changed();
  answer.dispatchEvent(new CustomEvent("genpin:answered", { bubbles: true }));
}

// The answer to what is not judged yet, and the queue below it.
function show() {
  const waits = ours();
  if (waits.length === 0 || box.stands) return;
  draw("scan-queued", { text: waits.at(-1).text });
  list();
}

// Each kept scan with what became of it, the newest first.
function list() {
  answer.querySelector(".queue")?.remove();
  answer.append(document.getElementById("scan-list").content.cloneNode(true));
  const rows = answer.querySelector("[data-queue]");
  const row = rows.querySelector("template").content;
  for (const entry of box.entries.toReversed()) {
    const line = row.cloneNode(true);
    line.querySelector("time").textContent = new Date(Date.parse(entry.at) + (entry.offset ?? 0)).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo", hour12: false });
    line.querySelector(".code").textContent = entry.text;
    line.querySelector("[data-said]").textContent = ["stop", "hold"].includes(entry.state) ? entry.say : "";
    const mark = document.querySelector(`#scan-marks`).content.querySelector(`[data-mark="${entry.state === "sent" ? "waiting" : entry.state}"]`);
    line.querySelector("[data-mark-here]").append(mark.cloneNode(true));
    rows.append(line);
  }
  fill("queued", waiting().length);
}

// What another tab sent, or this one a moment ago: the list follows, at most twenty times a second.
function follow() {
  if (!answer.querySelector("[data-queue]")) return;
  clearTimeout(following);
  following = setTimeout(() => { if (answer.querySelector("[data-queue]")) list(); }, 50);
}

function reveal(when, shown) {
  for (const part of document.querySelectorAll(`[data-when=${when}]`)) part.hidden = !shown;
}

function fill(name, value) {
  for (const spot of document.querySelectorAll(`[data-count=${name}]`)) spot.textContent = value;
}

// Counters that stand outside the answer: how many wait, how many more fit.
function changed() {
  const waits = waiting().length;
  fill("queued", waits);
  fill("room", ROOM - waits);
  reveal("queued", waits > 0);
  reveal("stopped", box.stands === "stopped" && waits > 0);
  const away = elsewhere();
  fill("elsewhere", away.count);
  fill("whose", away.said);
  reveal("elsewhere", away.count > 0);
  if (box.conflicts !== null) fill("conflicts", box.conflicts);
  reveal("conflicts", Boolean(box.conflicts));
  connection(box.since === null);
  follow();
  if (box.stands === "signin" && !document.querySelector("[data-signin]")) draw("scan-signin");
}

function connection(up) {
  fill("minutes", box.since === null ? 0 : Math.floor((Date.now() - box.since) / 60000));
  fill("since", box.since === null ? "" : new Date(box.since + (box.offset ?? 0)).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit", hour12: false }));
  reveal("online", up);
  reveal("offline", !up);
}

function pressed(event) {
  if (event.target.closest("[data-scan-go]")) go();
  if (event.target.closest("[data-scan-aside]")) go({ aside: true });
  if (event.target.closest("[data-undo]") && undo()) event.stopPropagation(); // before the button asks the server
}

function csrf() {
  const cookie = /(?:^|; )genpin_csrf=([^;]+)/.exec(document.cookie)?.[1]; // a page out of the cache carries an old one
  return cookie ?? form.querySelector("[name=csrfmiddlewaretoken]").value;
}

if (form && field && answer) {
  listen(field, { scan: read, ime: (on) => { const warning = document.getElementById("floor-ime"); if (warning) warning.hidden = !on; } });
  offer(document.querySelector("[data-camera]"), document.getElementById("camera"), read);
  document.addEventListener("click", pressed, { capture: true });
  document.addEventListener("submit", submitted, { capture: true });
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
  document.addEventListener("htmx:afterRequest", answered);
  window.addEventListener("online", () => { pulse(); pump(); });
  window.addEventListener("offline", () => { unreachable(); changed(); });
  setInterval(() => { if (box.since !== null) connection(false); }, 20000);
  const page = { session: form.dataset.session, station: form.dataset.station, door: form.getAttribute("action"), next: Number(form.dataset.seq), token: csrf };
  begin(page, { changed, connection, judged, unreadable }).then(() => { if (waiting().length) show(); });
}
