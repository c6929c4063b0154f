// The burn-in schedule: a bar is dragged by mouse, pen or finger, or carried by keys; putting it down fills its form in
// the list and sends that. The server answers with the whole board. No words are written here.
//   #schedule  data-zero (the first hour) data-scale (pixels an hour) data-row data-head data-cells (a|b|c)
//   .rack-bar  data-bar (reservation) data-at (row) data-movable
const HOUR = 3600000;
const NEAR = 4; // pixels: less is a click, not a drag
const board = () => document.getElementById("schedule");
const told = document.getElementById("carried");
const local = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
let carried = null; // { bar, form, hours, rows, startX, startY, byKeys }

function lift(bar, byKeys) {
  const form = document.getElementById(`move-${bar.dataset.bar}`);
  if (!form) return;
  carried = { bar, form, hours: 0, rows: 0, byKeys, from: Date.parse(`${form.elements.from.value}:00+09:00`) };
  bar.setAttribute("aria-pressed", "true");
  bar.classList.add("lifted");
}

function leave() {
  if (!carried) return;
  carried.bar.setAttribute("aria-pressed", "false");
  carried.bar.classList.remove("lifted");
  carried.bar.removeAttribute("transform");
  carried = null;
}

function spot() {
  const cells = board().dataset.cells.split("|");
  const at = Math.min(Math.max(Number(carried.bar.dataset.at) + carried.rows, 0), cells.length - 1);
  return { cell: cells[at], rows: at - Number(carried.bar.dataset.at), from: local.format(carried.from + carried.hours * HOUR) };
}

function show() {
  const there = spot();
  carried.rows = there.rows;
  const { scale, row } = board().dataset;
  carried.bar.setAttribute("transform", `translate(${carried.hours * Number(scale)} ${carried.rows * Number(row)})`);
  told.textContent = `${there.cell} ${there.from.slice(5)}`;
}

function put() {
  const { form, hours, rows } = carried;
  if (!hours && !rows) return leave();
  const there = spot();
  form.elements.cell.value = there.cell;
  form.elements.from.value = there.from.replace(" ", "T");
  carried = null;
  form.requestSubmit();
}

document.addEventListener("pointerdown", (event) => {
  const bar = event.target.closest?.(".rack-bar[data-movable]");
  if (!bar || event.button) return;
  leave();
  lift(bar, false);
  if (!carried) return;
  Object.assign(carried, { startX: event.clientX, startY: event.clientY, pointer: event.pointerId });
  bar.setPointerCapture(event.pointerId);
});

document.addEventListener("pointermove", (event) => {
  if (!carried || carried.byKeys || event.pointerId !== carried.pointer) return;
  const across = event.clientX - carried.startX;
  const down = event.clientY - carried.startY;
  if (!carried.hours && !carried.rows && Math.hypot(across, down) < NEAR) return;
  carried.hours = Math.round(across / Number(board().dataset.scale));
  carried.rows = Math.round(down / Number(board().dataset.row));
  show();
});

document.addEventListener("pointerup", (event) => {
  if (carried && !carried.byKeys && event.pointerId === carried.pointer) put();
});
document.addEventListener("pointercancel", () => { if (carried && !carried.byKeys) leave(); });

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.(".rack-bar[data-movable]");
  if (!bar) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    if (carried?.bar === bar) return put();
    lift(bar, true);
    return carried && show();
  }
  if (carried?.bar !== bar) return;
  if (event.key === "Escape") return leave();
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  carried.hours += step[0] * (event.shiftKey ? 6 : 1);
  carried.rows += step[1];
  show();
});

// What was put down keeps the focus: the same rack's bar, where it is now.
document.addEventListener("htmx:afterSwap", () => {
  const marked = board()?.querySelector(".rack-bar.refused, .rack-bar.marked");
  marked?.focus();
});
