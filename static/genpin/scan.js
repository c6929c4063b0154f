// The scan door of a station page. What is read is kept first, then sent: one at a time, in the order read, each
// under an id of its own. The same id again gets the same answer, so a lost reply costs nothing and applies nothing twice.
//
//   POST <form action> {id, operator_session, seq, station, text, at}  +  X-CSRFToken, Accept: text/html
//   2xx, 409, 422  an HTML fragment: its elements with hx-swap-oob replace the elements of the same id,
//                  the rest becomes the content of #floor-answer
//   425            an earlier scan has no answer yet: wait (Retry-After, seconds), send the same scan again
//   401, 403       the session is over: nothing is dropped, the page asks to sign in again
//   400            never kept by the server: shown as a stop, later scans move up one number
//   anything else  kept, shown as not confirmed, sent again
const form = document.querySelector("form[data-scan-door]");
const field = form?.querySelector("[data-scan]");
const answer = document.getElementById("floor-answer");

const DOUBLE = 300; // ms: the trigger pulled twice
const PATIENCE = 10000; // ms: after this a reply counts as lost
const CALM = 700; // ms: a reply that is slower is shown as not confirmed
const WAITS = [1000, 2000, 4000, 8000, 15000];
const ROOM = 200; // scans this device keeps

const key = `genpin.scans.${form?.dataset.session}`;
let kept = load(); // oldest first; kept[0] is the one on its way
let known = Number(form?.dataset.seq ?? 1); // the number the server expects next
let sending = false;
let paused = null; // null, "stopped" or "signin"
let failures = 0;
let since = null;
let timer = null;
let last = { text: "", at: 0 };

function load() {
  try { return JSON.parse(sessionStorage.getItem(key)) ?? []; } catch { return []; }
}

function save() {
  try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch { /* memory still holds them */ }
}

function number() {
  kept.forEach((scan, at) => { if (!scan.sent) scan.seq = at === 0 ? known : kept[at - 1].seq + 1; });
}

function identity() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http on the plant's own network
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// ---- reading
function read(text) {
  const now = Date.now();
  if (!text.trim()) return;
  if (text === last.text && now - last.at < DOUBLE) return;
  last = { text, at: now };
  if (kept.length >= ROOM) { draw("scan-full"); return; }
  kept.push({ id: identity(), text, at: new Date(now).toISOString(), sent: false });
  number();
  save();
  tell();
  setTimeout(() => { if (kept.length && (sending || timer) && paused === null) waiting(); }, CALM);
  send();
}

function undo() {
  const scan = kept.at(-1);
  if (!scan || scan.sent) return false;
  kept.pop();
  save();
  tell();
  waiting();
  return true;
}

// ---- sending
async function send() {
  if (sending || paused || kept.length === 0) return;
  clearTimeout(timer);
  timer = null;
  sending = true;
  const scan = kept[0];
  scan.sent = true;
  save();
  try {
    await judged(scan, await post(scan));
  } catch {
    lost();
  } finally {
    sending = false;
  }
  if (timer === null) send();
}

function post(scan) {
  const body = JSON.stringify({
    id: scan.id, operator_session: form.dataset.session, seq: scan.seq, station: form.dataset.station, text: scan.text, at: scan.at,
  });
  const headers = {
    "Content-Type": "application/json",
    Accept: "text/html",
    "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
  };
  return fetch(form.action, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
}

async function judged(scan, reply) {
  if (reply.status === 425) return again(Number(reply.headers.get("Retry-After") ?? 1) * 1000);
  if (reply.type === "opaqueredirect" || reply.status === 401 || reply.status === 403) return stopped("signin");
  if (reply.status === 400) return refused(scan);
  if (!reply.ok && reply.status !== 409 && reply.status !== 422) throw new Error(`status ${reply.status}`);
  const html = await reply.text();
  known = scan.seq + 1;
  drop(scan);
  found();
  swap(html);
  if (kept.length > 0 && answer.querySelector('[data-state="stop"]')) stopped("stopped");
  return undefined;
}

function drop(scan) {
  kept = kept.filter((other) => other.id !== scan.id);
  number();
  save();
  tell();
}

function refused(scan) {
  drop(scan);
  found();
  draw("scan-unreadable", { text: scan.text });
}

function lost() {
  since ??= Date.now();
  failures += 1;
  connection(false);
  waiting();
  again(WAITS[Math.min(failures, WAITS.length) - 1]);
}

function found() {
  failures = 0;
  since = null;
  connection(true);
}

function again(wait) {
  clearTimeout(timer);
  timer = setTimeout(() => { timer = null; send(); }, wait);
}

// Either a refusal with scans behind it, or a session that is over: a person decides, nothing is dropped.
function stopped(why) {
  paused = why;
  if (why === "signin") draw("scan-signin");
  tell();
}

function go() {
  paused = null;
  tell();
  send();
}

// ---- showing
function swap(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const part of holder.content.querySelectorAll("[hx-swap-oob]")) {
    part.removeAttribute("hx-swap-oob");
    part.remove();
    const old = document.getElementById(part.id);
    if (old) { old.replaceWith(part); window.htmx?.process(part); }
  }
  answer.replaceChildren(holder.content);
  window.htmx?.process(answer);
  answer.dispatchEvent(new CustomEvent("genpin:answered", { bubbles: true }));
}

function draw(name, values = {}) {
  const part = document.getElementById(name).content.cloneNode(true);
  for (const spot of part.querySelectorAll("[data-fill]")) spot.textContent = values[spot.dataset.fill] ?? "";
  answer.replaceChildren(part);
  answer.dispatchEvent(new CustomEvent("genpin:answered", { bubbles: true }));
}

function waiting() {
  if (kept.length === 0 || paused) return;
  draw("scan-queued", { text: kept.at(-1).text });
  const list = answer.querySelector("[data-queue]");
  const row = list.querySelector("template").content;
  for (const scan of kept.toReversed()) {
    const line = row.cloneNode(true);
    line.querySelector("time").textContent = new Date(scan.at).toLocaleTimeString("ja-JP", { timeZone: "Asia/Tokyo", hour12: false });
    line.querySelector(".code").textContent = scan.text;
    list.append(line);
  }
}

// Counters that stand outside the answer: how many wait, how many more fit.
function tell() {
  for (const spot of document.querySelectorAll("[data-count=queued]")) spot.textContent = kept.length;
  for (const spot of document.querySelectorAll("[data-count=room]")) spot.textContent = ROOM - kept.length;
  for (const part of document.querySelectorAll("[data-when=queued]")) part.hidden = kept.length === 0;
  for (const part of document.querySelectorAll("[data-when=stopped]")) part.hidden = paused !== "stopped";
}

function connection(up) {
  const minutes = since === null ? 0 : Math.floor((Date.now() - since) / 60000);
  for (const spot of document.querySelectorAll("[data-count=minutes]")) spot.textContent = minutes;
  for (const part of document.querySelectorAll("[data-when=online]")) part.hidden = !up;
  for (const part of document.querySelectorAll("[data-when=offline]")) part.hidden = up;
}

// ---- the gun
// A wedge sends GS, RS and EOT as Ctrl+], Ctrl+^ and Ctrl+D; the browser must not swallow them.
const CONTROLS = { "]": "\u001d", "^": "\u001e", d: "\u0004" };

function typed(event) {
  if (event.isComposing) return;
  if (event.ctrlKey && CONTROLS[event.key]) {
    event.preventDefault();
    field.setRangeText(CONTROLS[event.key], field.selectionStart, field.selectionEnd, "end");
  } else if (event.key === "Tab" && !event.shiftKey && field.value !== "") {
    event.preventDefault();
    form.requestSubmit();
  }
}

// With the IME on, what arrives is not what is printed on the label: warn, and throw the composition away.
function composed(event) {
  const warning = document.getElementById("floor-ime");
  if (warning) warning.hidden = false;
  if (event.type === "compositionend") setTimeout(() => { field.value = ""; });
}

// A scan while the focus is nowhere still belongs to the scan field.
function caught(event) {
  const target = event.target;
  if (event.key?.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target === document.body || target.closest?.(".answer")) field.focus({ preventScroll: true });
}

if (form && field && answer) {
  number();
  tell();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value;
    field.value = "";
    read(text);
  });
  field.addEventListener("keydown", typed);
  field.addEventListener("compositionstart", composed);
  field.addEventListener("compositionend", composed);
  field.addEventListener("input", (event) => {
    if (!event.isComposing && /^[\u0020-\u007e\u001c-\u001f\u0004]+$/.test(field.value)) document.getElementById("floor-ime").hidden = true;
  });
  document.addEventListener("keydown", caught);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-scan-go]")) go();
    if (event.target.closest("[data-undo]") && undo()) event.stopPropagation(); // before the button asks the server
  }, { capture: true });
  window.addEventListener("online", () => { if (kept.length && !sending) { clearTimeout(timer); timer = null; send(); } });
  window.addEventListener("offline", () => { since ??= Date.now(); connection(false); });
  setInterval(() => { if (since !== null) connection(false); }, 20000);
  if (kept.length) { waiting(); send(); }
}
