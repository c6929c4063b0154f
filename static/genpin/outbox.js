// Sends what a device keeps: one at a time, in the order read, each under an id of its own, so that the same id again
// gets the same answer and a lost reply applies nothing twice. Of several tabs one sends (Web Locks).
//
//   POST <door> {id, operator_session, seq, station, text, at, sent_at, offset_ms, kept, aside}
//   2xx, 409, 422  judged: an HTML fragment for this page's own session, JSON for one that is over
//   425            an earlier scan has no answer yet: wait (Retry-After, seconds), send the same scan again
//   401, 403       nobody is signed in: nothing is dropped, the page asks to sign in again
//   400            never kept by the server: shown as a stop, its number goes to the next scan
//   409 with Genpin-Code ScanNumberReused, ScanIdReused, NotYourSession: not judged, see `taken`
//   anything else  kept, shown as not confirmed, sent again
import * as kept from "./kept.js";

const PATIENCE = 10000; // ms: after this a reply counts as lost
const WAITS = [1000, 2000, 4000, 8000, 15000];
const BEAT = 25000; // ms between two questions whether the plant is there; OUT while it is not
const OUT = 5000;

export const box = {
  entries: [], // what is in the store, as last read
  since: null, // since when the plant does not answer
  stands: null, // why this session's queue stands still: stopped, pin, signin
  conflicts: null, // scans of this station that wait to be settled
  offset: null, // ms: the plant's clock less ours
  ended: false,
};

let own, tell, timer = null, failures = 0, busy = false, more = false, beat = null;
const foreign = new Set(); // sessions of other people who are still at work: not ours to send, not in this turn
const others = new Map(); // those sessions, with what the plant said of each, until it takes their scans
const channel = globalThis.BroadcastChannel ? new BroadcastChannel("genpin-kept") : null;
const tab = tabName();

// `page`: {session, station, door, next}. `listener`: {changed(), connection(up), judged(entry, result), unreadable(entry)}
export async function begin(page, listener) {
  own = page;
  tell = listener;
  channel?.addEventListener("message", ({ data }) => heard(data));
  navigator.locks?.request(`genpin-tab-${tab}`, () => new Promise(() => {})); // held as long as this tab lives
  box.offset = (await kept.recall("offset")) ?? null;
  box.stands = (await kept.recall(`stands:${own.session}`)) ?? null;
  await number(own.session, own.next);
  for (const entry of await kept.list()) {
    if (waits(entry) && !entry.kept) await kept.put({ ...entry, kept: true });
    if (entry.state === "pin") { await kept.put({ ...entry, state: "waiting" }); if (box.stands === "pin") await kept.remember(`stands:${own.session}`, box.stands = null); } // the PIN is asked for again
    if (judged(entry) && Date.now() - Date.parse(entry.at) > 12 * 3600 * 1000) await kept.remove(entry.n);
  }
  await changed();
  pump();
  pulse();
}

export const waits = (entry) => entry.state === "waiting" || entry.state === "sent";
const judged = (entry) => ["ok", "stop", "hold"].includes(entry.state);
export const waiting = () => box.entries.filter(waits);
export const ours = () => waiting().filter((entry) => !others.has(entry.session)); // what we wait for ourselves
export const elsewhere = () => {
  const held = waiting().filter((entry) => others.has(entry.session));
  return { count: held.length, said: [...new Set(held.map((entry) => others.get(entry.session)))].join(" ") };
};

export function identity() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http on the plant's own network
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Keep it first; then send.
export async function keep(entry) {
  await kept.add({
    id: identity(), session: own.session, station: own.station, at: new Date().toISOString(), offset: box.offset, seq: null,
    state: "waiting", kept: box.since !== null, aside: false, tab, ...entry,
  });
  await changed();
  pump();
}

export async function withdraw(entry) {
  await kept.remove(entry.n);
  await changed();
}

// What was judged has been seen.
export async function seen() {
  for (const entry of box.entries.filter(judged)) await kept.remove(entry.n);
  await changed();
}

export async function go({ aside = false } = {}) {
  if (aside) for (const entry of waiting()) if (entry.session === own.session) await kept.put({ ...entry, aside: true });
  await stand(null);
  pump();
}

async function stand(why) {
  box.stands = why;
  if (why !== "signin") await kept.remember(`stands:${own.session}`, why);
  await changed();
}

async function changed() {
  box.entries = await kept.list();
  tell.changed();
  channel?.postMessage({ kind: "changed" });
}

async function heard(message) {
  if (message.kind === "reply" && message.tab === tab) tell.judged(message.entry, message.result);
  if (message.kind === "stands" && message.session === own.session) box.stands = message.why;
  box.entries = await kept.list();
  tell.changed();
}

// ---- sending
export async function pump() {
  if (busy) { more = true; return; }
  busy = true;
  clearTimeout(timer);
  timer = null;
  try {
    do { more = false; await alone(drain); } while (more && timer === null);
  } finally { busy = false; }
}

function alone(work) {
  return navigator.locks ? navigator.locks.request("genpin-outbox", work) : work();
}

async function drain() {
  for (;;) {
    box.stands = box.stands === "signin" ? "signin" : ((await kept.recall(`stands:${own.session}`)) ?? null);
    const entry = (await kept.list()).find((one) => waits(one) && !foreign.has(one.session) && !(box.stands && one.session === own.session));
    if (!entry || box.stands === "signin" || !(await deliver(entry))) return;
  }
}

// True when the next one may follow at once.
async function deliver(entry) {
  if (entry.kind === "scan") entry.seq ??= (await kept.recall(`next:${entry.session}`)) ?? 1;
  entry.state = "sent";
  if (entry.session !== own.session) entry.aside ||= (await kept.recall(`aside:${entry.session}`)) === true;
  await kept.put(entry);
  await changed();
  try {
    const begun = Date.now();
    const reply = await post(entry);
    await clock(reply, begun);
    return await taken(entry, reply);
  } catch {
    await lost();
    return false;
  }
}

function post(entry) {
  const mine = entry.session === own.session;
  const told = { at: entry.at, sent_at: new Date().toISOString(), kept: entry.kept };
  if (entry.offset !== null) told.offset_ms = entry.offset;
  const headers = { Accept: mine || entry.kind === "form" ? "text/html" : "application/json", "X-CSRFToken": own.token() };
  let body;
  if (entry.kind === "scan") {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify({ id: entry.id, operator_session: entry.session, seq: entry.seq, station: entry.station, text: entry.text, ...told, aside: entry.aside });
  } else {
    headers["HX-Request"] = "true";
    body = new URLSearchParams([...entry.fields, ["operator_session", entry.session], ...Object.entries(told).filter(([name]) => name !== "kept"), ["summary", entry.text]]);
  }
  const address = entry.kind === "scan" ? own.door : `${entry.action}kept/`;
  return fetch(address, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
}

async function taken(entry, reply) {
  const code = reply.headers.get("Genpin-Code") ?? "";
  if (reply.status === 425) { later(Number(reply.headers.get("Retry-After") ?? 1) * 1000); return false; }
  if (reply.type === "opaqueredirect" || reply.status === 401 || reply.status === 403) { found(); await stand("signin"); return false; }
  if (entry.kind === "form" && (reply.status === 400 || reply.status === 404)) { found(); await settled(entry, { html: "", state: "stop", code: "", say: "" }); return true; }
  if (reply.status === 400) { found(); await kept.remove(entry.n); await changed(); tell.unreadable(entry); return true; }
  if (reply.status === 409 && code === "ScanNumberReused") {
    await number(entry.session, Number(reply.headers.get("Genpin-Next-Seq")));
    return anew(entry, { seq: null });
  }
  if (reply.status === 409 && code === "ScanIdReused") return anew(entry, { seq: null, id: identity() });
  if (reply.status === 409 && code === "NotYourSession") {
    const refusal = (reply.headers.get("Content-Type") ?? "").includes("json") ? await reply.json() : {};
    others.set(entry.session, [refusal.say, refusal.do].filter(Boolean).join(" "));
    foreign.add(entry.session);
    found();
    return anew(entry, {});
  }
  others.delete(entry.session);
  if (!reply.ok && reply.status !== 409 && reply.status !== 422) throw new Error(`status ${reply.status}`);
  const result = await answerOf(entry, reply, code);
  found();
  await settled(entry, result);
  return true;
}

async function anew(entry, changes) {
  await kept.put({ ...entry, ...changes, state: "waiting" });
  await changed();
  return true;
}

async function answerOf(entry, reply, code) {
  if ((reply.headers.get("Content-Type") ?? "").includes("json")) {
    const answer = await reply.json();
    return { html: "", state: answer.state, code: answer.code ?? code, say: (answer.say ?? []).join(" ") };
  }
  const html = await reply.text();
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const answer = holder.content.querySelector(".answer");
  const pin = entry.kind === "form" && holder.content.querySelector("[name=pin]") !== null;
  return { html, state: answer?.dataset.state ?? "stop", code, pin, say: answer?.querySelector(".say")?.textContent.trim() ?? "" };
}

async function settled(entry, result) {
  if (entry.kind === "scan") await number(entry.session, entry.seq + 1);
  const refused = result.state === "stop" || (result.state === "hold" && result.code !== "");
  entry.say = result.say;
  entry.state = result.pin ? "pin" : refused ? (result.state === "hold" ? "hold" : "stop") : "ok";
  if (entry.kept || result.pin) await kept.put(entry); else await kept.remove(entry.n);
  const behind = (await kept.list()).some((one) => waits(one) && one.session === entry.session);
  if (entry.session !== own.session) {
    if (refused) await kept.remember(`aside:${entry.session}`, true); // its person is not here to look
  } else if (result.pin || (refused && behind && !entry.aside && result.code !== "ScanAfterSession")) {
    const why = result.pin ? "pin" : "stopped";
    await stand(why);
    channel?.postMessage({ kind: "stands", session: own.session, why });
  }
  if (result.code === "ScanAfterSession" && entry.session === own.session) box.ended = true;
  await changed();
  if (entry.session === own.session && entry.tab !== tab && (await lives(entry.tab))) channel.postMessage({ kind: "reply", tab: entry.tab, entry, result });
  else tell.judged(entry, result);
}

async function lives(name) {
  const { held = [] } = (await navigator.locks?.query?.()) ?? {};
  return held.some((lock) => lock.name === `genpin-tab-${name}`);
}

async function number(session, next) {
  const known = (await kept.recall(`next:${session}`)) ?? 1;
  if (next > known) await kept.remember(`next:${session}`, next);
}

// A form whose values waited for a signature is signed.
export async function signed(id) {
  const entry = box.entries.find((one) => one.id === id);
  if (entry) await kept.remove(entry.n);
  if (box.stands === "pin") await stand(null); else await changed();
  pump();
}

// ---- is the plant there?
async function lost() {
  box.since ??= Date.now();
  failures += 1;
  const behind = waiting();
  if (behind.length > 1) for (const entry of behind) if (!entry.kept) await kept.put({ ...entry, kept: true });
  await changed();
  tell.connection(false);
  later(WAITS[Math.min(failures, WAITS.length) - 1]);
}

function found() {
  failures = 0;
  box.since = null;
  tell.connection(true);
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(() => { timer = null; pump(); }, wait);
}

async function clock(reply, begun) {
  const now = Number(reply.headers.get("Genpin-Now"));
  const ended = Date.now();
  if (!now || ended - begun > 2000) return;
  const offset = Math.round(now - (begun + ended) / 2);
  if (box.offset !== null && Math.abs(offset - box.offset) < 100) return;
  box.offset = offset;
  await kept.remember("offset", offset);
}

export async function pulse() {
  clearTimeout(beat);
  try {
    const begun = Date.now();
    const reply = await fetch(`${own.door}pulse/?operator_session=${own.session}`, { credentials: "same-origin", redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    await felt(reply, begun);
  } catch {
    unreachable();
  }
  beat = setTimeout(pulse, box.since === null ? BEAT : OUT);
}

async function felt(reply, begun) {
  if (reply.type === "opaqueredirect" || reply.status === 401 || reply.status === 403) { if (waiting().length) await stand("signin"); return; }
  if (!reply.ok || !(reply.headers.get("Content-Type") ?? "").includes("json")) return;
  await clock(reply, begun);
  const facts = await reply.json();
  box.conflicts = facts.conflicts;
  box.ended = !facts.open || !facts.yours;
  await number(own.session, facts.next_seq);
  const back = box.since !== null;
  foreign.clear(); // that session may be over by now: asked again at each beat
  found();
  tell.changed();
  if (back || (waiting().length && timer === null)) pump();
}

export function unreachable() {
  box.since ??= Date.now();
  tell.connection(false);
}

function tabName() {
  let name = null;
  try { name = sessionStorage.getItem("genpin.tab"); } catch { /* a name for this page's life */ }
  if (!name || performance.getEntriesByType("navigation")[0]?.type === "navigate") name = identity(); // a copied tab is another one
  try { sessionStorage.setItem("genpin.tab", name); } catch { /* as above */ }
  return name;
}
