// A slider beside its number field (data-moves: the field's id). The field is what is sent; both follow each other.
// While a slider moves, the form answers at rest points of the hand, at most five a second; htmx drops an answer that a
// later question overtook (hx-sync).
const PAUSE = 200;
let waiting = 0;

function moved(range) {
  const field = document.getElementById(range.dataset.moves);
  if (!field || field.value === range.value) return;
  field.value = range.value;
  clearTimeout(waiting);
  waiting = setTimeout(() => field.dispatchEvent(new Event("change", { bubbles: true })), PAUSE);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-moves]")) moved(event.target);
  else {
    const range = document.querySelector(`[data-moves="${CSS.escape(event.target.id)}"]`);
    if (range && event.target.value !== "") range.value = event.target.value;
  }
});

// The slider's own change would ask a second time: its field has asked.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-moves]")) event.stopPropagation();
}, true);
