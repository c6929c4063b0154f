// The loading board: a crate is dragged onto a truck, or carried there by keys, or its form is sent; while it is held
// over a truck the server says what the load would come to. It answers a move with the whole board. No words are here.
//   #load-board   data-judge (asks what would be) data-address
//   [data-target] a truck, "shipment:version", or "list"; data-says; in it [data-judged]
//   .crate-card   data-sscc data-rack data-says; .grip takes hold of it; form .move is what is sent
import { carrying } from "./carry.js";
import { listen } from "./wedge.js";

const EDGE = 60; // pixels from the window's edge where holding a crate scrolls
const board = () => document.getElementById("load-board");
const told = document.getElementById("carried");
const places = () => [...board().querySelectorAll("[data-target]")];
const home = (card) => card.closest("[data-target]");
let over = null; // { place, before }: where the crate is held, and what stood there
let asking = null;
let ghost = null;

function away() {
  asking?.abort();
  asking = null;
  if (!over) return;
  over.place.classList.remove("over");
  if (over.judged) over.judged.innerHTML = over.before;
  over = null;
}

async function hold(card, place) {
  if (over?.place === place) return;
  away();
  if (!place) return;
  const judged = place.querySelector("[data-judged]");
  over = { place, judged, before: judged?.innerHTML };
  place.classList.add("over");
  told.textContent = place.dataset.says ?? place.querySelector("h2").textContent;
  if (!judged || place === home(card)) return;
  asking = new AbortController();
  const mine = over;
  const asked = new URLSearchParams({ sscc: card.dataset.sscc, to: place.dataset.target });
  try {
    const answer = await fetch(`${board().dataset.judge}?${asked}`, { signal: asking.signal, headers: { "HX-Request": "true" } });
    if (!answer.ok || over !== mine) return;
    judged.innerHTML = await answer.text();
    told.textContent = judged.querySelector("[data-say]")?.dataset.say ?? "";
  } catch (fault) {
    if (fault.name !== "AbortError") judged.innerHTML = mine.before; // the move itself is judged by the server anyway
  }
}

function float(card, event) {
  if (!ghost) {
    ghost = card.querySelector(".told").cloneNode(true);
    ghost.className = "crate-ghost";
    ghost.setAttribute("aria-hidden", "true");
    document.body.append(ghost);
  }
  ghost.style.translate = `${event.clientX + 12}px ${event.clientY + 12}px`;
}

carrying({
  item: ".crate-card",
  grip: ".crate-card .grip",
  lift(card) {
    away(); // a place that was only looked at in a list is none that this crate was carried to
    return card.querySelector("form.move") !== null;
  },
  drag(across, down, event) {
    const card = document.querySelector(".crate-card.lifted");
    float(card, event);
    if (event.clientY < EDGE) window.scrollBy(0, -EDGE / 4);
    else if (event.clientY > window.innerHeight - EDGE) window.scrollBy(0, EDGE / 4);
    hold(card, document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-target]") ?? null);
  },
  step(across, down) {
    const card = document.querySelector(".crate-card.lifted");
    const all = places();
    const at = all.indexOf(over?.place ?? home(card));
    const next = all[Math.min(Math.max(at + across + down, 0), all.length - 1)];
    hold(card, next);
    next.querySelector("h2").scrollIntoView({ block: "nearest" });
  },
  put(card) {
    const place = over?.place;
    ghost?.remove();
    ghost = null;
    if (!place || place === home(card)) return false;
    const form = card.querySelector("form.move");
    form.elements.to.value = place.dataset.target;
    form.requestSubmit();
    return true;
  },
  leave() {
    ghost?.remove();
    ghost = null;
    away();
    told.textContent = "";
  },
});

// A choice in a form is judged as well, before it is sent.
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form.move");
  if (form && event.target.name === "to") hold(form.closest(".crate-card"), places().find((one) => one.dataset.target === event.target.value));
});

// What was put down keeps the focus, and is told.
document.addEventListener("htmx:afterSwap", () => {
  over = null;
  const notice = board()?.querySelector(".crate-card.refused .notice, .notice.wide");
  told.textContent = notice?.textContent.trim() ?? "";
  choose(board()?.querySelector(".crate-card.refused, .crate-card.marked"));
});
// Sent and not answered: the crate is where it was.
for (const fault of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(fault, () => {
    away();
    for (const card of document.querySelectorAll(".crate-card.lifted")) {
      card.classList.remove("lifted");
      card.querySelector(".grip").setAttribute("aria-pressed", "false");
    }
  });
}

function choose(card) {
  if (!card) return;
  card.scrollIntoView({ block: "nearest" });
  (card.querySelector(".grip") ?? card.querySelector("a"))?.focus({ preventScroll: true });
}

// A scanned label selects its crate: here where it is shown, else the server looks for it.
function scanned(text) {
  const cards = [...board().querySelectorAll(".crate-card")];
  const card = cards.find((one) => text.includes(one.dataset.sscc) || one.dataset.rack === text.trim());
  if (!card) { location.assign(`${board().dataset.address}?${new URLSearchParams({ q: text.trim() })}`); return; }
  for (const one of cards) one.classList.toggle("marked", one === card);
  const tick = card.querySelector("input[type=checkbox]");
  if (tick) tick.checked = true;
  choose(card);
  told.textContent = card.dataset.says;
}

listen(document.getElementById("board-scan"), { scan: scanned, ime: () => {} });
choose(board().querySelector(".crate-card.refused, .crate-card.marked"));
