// The scanner as it is: a keyboard that types fast. A scan ends with Enter, with Tab, or, where the scanner sends
// neither, with a pause. It counts wherever the focus is; with the IME on it is rebuilt from the keys that were pressed
// where that is certain, and refused with a sentence where it is not. What a scan means the plant alone decides.
const FAST = 40; // ms between two characters of a scanner; a person needs more
const WHOLE = 4; // characters from which a burst without an end is a scan
const STRAY = 8; // characters from which a burst into another field is a scan
const PAUSE = 250; // ms of silence that end a scan of a scanner that is not known to send Enter or Tab
const PATIENT = 1500; // ms where it is known to
const FIGURES = "[inputmode=decimal], [inputmode=numeric], [type=number], [type=password]"; // nobody scans into these
const CONTROLS = { "]": "\u001d", "^": "\u001e", d: "\u0004" }; // a wedge sends GS, RS, EOT as Ctrl+], Ctrl+^, Ctrl+D
const SUFFIX = "genpin.suffix";

let field, read, warn;
let pace = { last: 0, count: 0, slow: false };
let timer = null;
let stray = null; // a burst that runs into another field or behind a dialog
let keys = null; // what was pressed while the IME composed

// `scan(text, end)` takes a whole scan, and how it ended: enter, tab or pause; `ime(on)` is told that the IME is on.
export function listen(input, { scan, ime }) {
  field = input;
  read = scan;
  warn = ime;
  field.form.addEventListener("submit", (event) => { event.preventDefault(); finish("enter"); });
  field.addEventListener("keydown", typed);
  field.addEventListener("input", shown);
  field.addEventListener("compositionstart", () => { keys ??= []; warn(true); });
  field.addEventListener("compositionend", () => setTimeout(composed));
  document.addEventListener("keydown", elsewhere, { capture: true });
}

function finish(end) {
  const text = field.value;
  clearTimeout(timer);
  field.value = "";
  pace = { last: 0, count: 0, slow: false };
  if (text.trim()) read(text, end);
}

function beat(event) {
  const gap = event.timeStamp - pace.last;
  pace = { last: event.timeStamp, count: pace.count + 1, slow: pace.count > 0 && (pace.slow || gap > FAST) };
}

function typed(event) {
  if (event.isComposing || event.keyCode === 229) { pressed(event); return; }
  if (event.ctrlKey && CONTROLS[event.key]) {
    event.preventDefault();
    field.setRangeText(CONTROLS[event.key], field.selectionStart, field.selectionEnd, "end");
  } else if (event.key === "Tab" && !event.shiftKey && field.value !== "") {
    event.preventDefault();
    suffixed();
    finish("tab");
  } else if (event.key === "Enter") {
    if (field.value.length >= WHOLE && !pace.slow) suffixed();
  } else if (event.key.length === 1) {
    if (field.value === "") pace = { last: 0, count: 0, slow: false };
    beat(event);
  }
}

// A scanner that sends no end at all: the burst is over when nothing follows.
function shown(event) {
  clearTimeout(timer);
  if (event.isComposing) return;
  if (/^[\u0020-\u007e\u001c-\u001f\u0004]+$/.test(field.value)) warn(false);
  if (pace.slow || field.value.length < WHOLE || pace.count < WHOLE) return;
  if (Object.values(CONTROLS).includes(field.value.at(-1))) return; // a separator stands between two parts: more follows
  timer = setTimeout(() => { if (!pace.slow) finish("pause"); }, localStorage.getItem(SUFFIX) ? PATIENT : PAUSE);
}

function suffixed() {
  localStorage.setItem(SUFFIX, "1");
}

// ---- with the IME on
function pressed(event) {
  keys ??= [];
  if (event.key === "Enter" || event.code === "Enter" || event.code === "Tab") return;
  keys.push(character(event));
}

// Letters, digits and the hyphen sit on the same keys of US and JIS keyboards; of nothing else can we be certain.
function character(event) {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const large = event.shiftKey !== event.getModifierState("CapsLock");
  if (letter) return large ? letter : letter.toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  if (digit && !event.shiftKey) return digit;
  if (event.code === "Minus" && !event.shiftKey) return "-";
  return event.code.startsWith("Shift") || event.code === "CapsLock" ? "" : null;
}

function composed() {
  const text = keys && keys.length > 0 && !keys.includes(null) ? keys.join("") : "";
  keys = null;
  field.value = "";
  if (text.length >= WHOLE) read(text, "enter");
}

// ---- a scan while the focus is elsewhere
function elsewhere(event) {
  const target = event.target;
  if (target === field || event.isComposing || document.querySelector("#bench-lock[open]")) return;
  if (event.key === "Enter" || event.key === "Tab") { strayed(event); return; }
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!writes(target) && event.key !== " ") {
    field.focus({ preventScroll: true });
    if (document.activeElement === field) { stray = null; return; } // the character itself arrives there
  }
  const same = stray && stray.target === target && event.timeStamp - stray.last <= FAST;
  stray = same ? stray : { target, before: target.value, text: "" };
  stray.text += event.key;
  stray.last = event.timeStamp;
}

const writes = (target) => target.matches?.("input:not([type=checkbox],[type=radio],[type=submit],[type=button]), textarea, select, [contenteditable]");

// The burst that ends here was a scan: it is taken out of the field for figures it ran into. Other fields keep it: a
// badge, a tool's number or a lot may well be read there.
function strayed(event) {
  const burst = stray;
  stray = null;
  if (!burst || burst.target !== event.target || burst.text.length < STRAY || event.timeStamp - burst.last > 4 * FAST) return;
  if (writes(burst.target) && !burst.target.matches(FIGURES)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (writes(burst.target)) burst.target.value = burst.before;
  read(burst.text, "enter");
}
