// The burn-in schedule: a bar is dragged by mouse, pen or finger, or carried by keys; putting it down fills its form in
// the list and sends that. The server answers with the whole board. No words are written here.
//   #schedule  data-zero (the first hour) data-scale (pixels an hour) data-row data-head data-cells (a|b|c)
//   .rack-bar  data-bar (reservation) data-at (row) data-movable
import { carrying } from "./carry.js";

const HOUR = 3600000;
const board = () => document.getElementById("schedule");
const told = document.getElementById("carried");
const local = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Tokyo", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
let carried = null; // { bar, form, hours, rows, from }

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

carrying({
  item: ".rack-bar[data-movable]",
  grip: ".rack-bar[data-movable]",
  lift(bar) {
    const form = document.getElementById(`move-${bar.dataset.bar}`);
    if (!form) return false;
    carried = { bar, form, hours: 0, rows: 0, from: Date.parse(`${form.elements.from.value}:00+09:00`) };
    return true;
  },
  drag(across, down) {
    carried.hours = Math.round(across / Number(board().dataset.scale));
    carried.rows = Math.round(down / Number(board().dataset.row));
    show();
  },
  step(across, down, event) {
    carried.hours += across * (event.shiftKey ? 6 : 1);
    carried.rows += down;
    show();
  },
  put() {
    const { form, hours, rows } = carried;
    if (!hours && !rows) return false;
    const there = spot();
    form.elements.cell.value = there.cell;
    form.elements.from.value = there.from.replace(" ", "T");
    form.requestSubmit();
    return true;
  },
  leave(bar) {
    bar.removeAttribute("transform");
    carried = null;
  },
});

// What was put down keeps the focus: the same rack's bar, where it is now.
document.addEventListener("htmx:afterSwap", () => {
  const marked = board()?.querySelector(".rack-bar.refused, .rack-bar.marked");
  marked?.focus();
});
