// A registered device at a bench: it locks itself, and opens again by badge and PIN without losing what was typed.
// The server decides (genpin/middleware.py); this only shows the lock in time and asks the door.
//
//   POST data-badge    {badge}        200 {badge, name}            422 {say, true, do}
//   POST data-sign-in  {badge, pin}   200 {open, go}: open, the page may stay; else go there     422 as above
//   POST data-lock-url {idle}         200            POST data-alive   200 {locked, over}
const lock = document.getElementById("bench-lock");
const field = document.querySelector("[data-catch]");

// ---- the door's own page: a scan while the focus is nowhere still belongs to the badge field
function caught(event) {
  if (event.key?.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && event.target === document.body) field.focus();
}

if (field) document.addEventListener("keydown", caught);

// ---- the lock over a station's page
const WARN = 30; // seconds before
const BEAT = 60; // seconds between signs of life
const idle = Number(document.body.dataset.idle ?? 0);
const soon = document.getElementById("bench-soon");
// A page out of the cache carries an old token: the cookie's is the one that counts.
const token = () => /(?:^|; )genpin_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const part = (name) => lock.querySelector(`[data-lock-${name}]`);
const form = (name) => lock.querySelector(`[data-lock-form=${name}]`);
const step = (name) => lock.querySelector(`[data-lock-step=${name}]`);

let acted = Date.now();
let told = Date.now(); // the last sign of life that the server has
let badge = "";

async function post(address, facts = {}) {
  const body = new URLSearchParams(facts);
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  const reply = await fetch(address, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(10000) });
  if (reply.type === "opaqueredirect" || reply.status === 403) return { status: 403 };
  return { status: reply.status, ...(await reply.json()) };
}

function touched() {
  acted = Date.now();
  if (soon) soon.hidden = true;
}

function say(words) {
  part("error").textContent = words;
}

function ask(name) {
  for (const one of ["badge", "pin"]) {
    form(one).hidden = one !== name;
    if (one === name) step(one).setAttribute("aria-current", "step");
    else step(one).removeAttribute("aria-current");
  }
  if (name === "badge") { badge = ""; part("name").textContent = ""; step("badge").removeAttribute("data-state"); }
  const wanted = form(name).querySelector("input");
  wanted.value = "";
  wanted.dispatchEvent(new Event("input", { bubbles: true }));
  wanted.focus();
}

function show() {
  if (lock.open) return;
  if (soon) soon.hidden = true;
  say("");
  lock.showModal();
  ask("badge");
}

async function shut(why) {
  show();
  try { await post(lock.dataset.lockUrl, why); } catch { /* without a connection the page is locked all the same */ }
}

function refused(answer) {
  say([answer.say, answer.do].filter(Boolean).join(" "));
}

async function read(text) {
  say("");
  const answer = await post(lock.dataset.badge, { badge: text });
  if (answer.status === 403) { location.assign(lock.dataset.bench); return; }
  if (answer.status !== 200) { refused(answer); ask("badge"); return; }
  badge = answer.badge;
  part("name").textContent = answer.name;
  step("badge").dataset.state = "ok";
  ask("pin");
}

async function open(pin) {
  say("");
  const answer = await post(lock.dataset.signIn, { badge, pin, next: location.pathname });
  if (answer.status === 403) { location.assign(lock.dataset.bench); return; }
  if (answer.status !== 200) { refused(answer); ask("pin"); return; }
  if (!answer.open) { location.assign(answer.go); return; }
  touched();
  told = Date.now();
  lock.close();
  resume();
}

// Scans that the device kept while it was locked go out now (scan.js listens for this button).
function resume() {
  const go = document.createElement("button");
  go.dataset.scanGo = "";
  go.hidden = true;
  document.body.append(go);
  go.click();
  go.remove();
  document.querySelector("[data-focus], [data-scan]")?.focus({ preventScroll: true });
}

async function beat() {
  told = Date.now();
  try {
    const answer = await post(lock.dataset.alive);
    if (answer.over || answer.status === 403) location.assign(lock.dataset.bench);
    else if (answer.locked) show();
  } catch { /* the next one */ }
}

function tick() {
  if (lock.open) return;
  const still = (Date.now() - acted) / 1000;
  if (idle && still >= idle) shut({ idle: "1" });
  else if (idle && soon) soon.hidden = still < Math.max(idle - WARN, idle / 2);
  if (acted > told && Date.now() - told > BEAT * 1000) beat();
}

// A refusal that says the server holds the device for locked: 423 to a form, a sign-in answer to a scan.
async function doubted() {
  try {
    const answer = await post(lock.dataset.alive);
    if (answer.locked) show();
  } catch { /* no connection: nothing is known */ }
}

function submitted(event) {
  const name = event.target.dataset.lockForm;
  if (!name) return;
  event.preventDefault();
  const value = event.target.querySelector("input").value;
  if (value.trim() === "") return;
  (name === "badge" ? read(value.trim()) : open(value)).catch(() => say(part("offline").innerHTML));
}

if (lock) {
  for (const button of document.querySelectorAll("[data-lock]")) button.hidden = false;
  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, () => { if (!lock.open) touched(); }, { capture: true, passive: true });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-lock]")) shut({});
    if (event.target.closest("[data-lock-again]")) ask("badge");
  });
  lock.addEventListener("cancel", (event) => event.preventDefault()); // Escape opens nothing
  lock.addEventListener("submit", submitted);
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 423) show(); });
  document.addEventListener("genpin:answered", (event) => {
    touched();
    for (const button of document.querySelectorAll("[data-lock]")) button.hidden = false;
    if (event.target.querySelector("a[href^='/login/']")) doubted();
  });
  document.addEventListener("htmx:afterSwap", () => { for (const button of document.querySelectorAll("[data-lock]")) button.hidden = false; });
  setInterval(tick, 1000);
}
