// What every page needs: the sound of an answer, the theme, the plant's clock, and focus on the scan field.
// No words are written here: every sentence is in a template, in the reader's language.
const PATTERNS = {
  ok: { tones: [[880, 0, 0.09], [1320, 0.1, 0.14]], wave: "sine", buzz: [60] },
  stop: { tones: [[196, 0, 0.28], [196, 0.36, 0.28], [147, 0.72, 0.5]], wave: "square", buzz: [300, 80, 300, 80, 500] },
  hold: { tones: [[440, 0, 0.18], [330, 0.24, 0.3]], wave: "triangle", buzz: [160, 80, 160] },
  andon: { tones: [[659, 0, 0.22], [784, 0.26, 0.22], [988, 0.52, 0.5], [659, 1.2, 0.22], [784, 1.46, 0.22], [988, 1.72, 0.5]], wave: "triangle", buzz: [200, 120, 200, 120, 200] },
  queued: { tones: [[587, 0, 0.06], [587, 0.14, 0.06]], wave: "sine", buzz: [30, 60, 30] },
};

let audio;

function play(name) {
  const pattern = PATTERNS[name];
  if (!pattern) return;
  navigator.vibrate?.(pattern.buzz);
  if (muted()) return;
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
  const start = audio.currentTime + 0.02;
  for (const [hertz, at, seconds] of pattern.tones) {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    tone.type = pattern.wave;
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0, start + at);
    level.gain.linearRampToValueAtTime(pattern.wave === "square" ? 0.18 : 0.4, start + at + 0.008);
    level.gain.setTargetAtTime(0, start + at + seconds - 0.03, 0.012);
    tone.connect(level).connect(audio.destination);
    tone.start(start + at);
    tone.stop(start + at + seconds + 0.1);
  }
}

// A tablet in a quiet room: the sound goes, vibration and picture stay. Kept on the device, also over a sign-out.
const muted = () => localStorage.getItem("genpin.mute") === "1";

function hush() {
  for (const button of document.querySelectorAll("[data-mute]")) {
    button.setAttribute("aria-pressed", String(muted()));
    for (const word of button.querySelectorAll("[data-mute-word]")) word.hidden = (word.dataset.muteWord === "on") !== muted();
  }
}

function mute() {
  localStorage.setItem("genpin.mute", muted() ? "0" : "1");
  hush();
  play("ok");
}

hush();

// An element with data-signal speaks once when it arrives. Browsers allow sound only after a touch or key.
function speak(root) {
  const answer = root?.matches?.("[data-signal]") ? root : root?.querySelector?.("[data-signal]");
  if (answer && navigator.userActivation?.hasBeenActive) play(answer.dataset.signal);
}

// The gun is a keyboard: focus goes back to the scan field, unless the page asks for figures or a PIN.
function ready() {
  const wanted = document.querySelector("[data-focus]") ?? document.querySelector("[data-scan]");
  wanted?.focus({ preventScroll: true });
}

function arrived(root) {
  speak(root);
  ready();
}

document.addEventListener("genpin:answered", (event) => arrived(event.target));
// What a page asks for by itself ([data-quiet]) never takes the focus from somebody who types.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.requestConfig?.elt?.matches?.("[data-quiet]")) return;
  if (document.body.classList.contains("floor")) arrived(event.detail.elt);
  else speak(event.detail.elt);
});

// The summary of a refused form takes the focus, so that it is read first.
document.querySelector(".notice[role=alert][tabindex]")?.focus();

// ---- the night shift: follow the device, or light, or dark; remembered by a cookie that the server draws from
const THEMES = ["auto", "light", "dark"];

function show(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    for (const word of button.querySelectorAll("[data-theme-word]")) word.hidden = word.dataset.themeWord !== theme;
  }
}

function turn() {
  const now = document.documentElement.dataset.theme ?? "auto";
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  document.cookie = `genpin_theme=${next}; path=/; max-age=31536000; samesite=lax`;
  show(next);
}

show(document.documentElement.dataset.theme ?? "auto");

// ---- keys of a PIN pad write into their field
function press(key) {
  const field = document.getElementById(key.closest("[data-pad]").dataset.pad);
  if (key.dataset.key === "back") field.value = field.value.slice(0, -1);
  else if (field.value.length < field.maxLength) field.value += key.dataset.key;
  dots(field);
}

function dots(field) {
  const row = document.querySelector(`[data-dots="${field.id}"]`);
  row?.querySelectorAll("i").forEach((dot, at) => dot.classList.toggle("on", at < field.value.length));
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-pin]")) dots(event.target);
});

document.addEventListener("click", (event) => {
  const sample = event.target.closest("[data-signal-try]");
  if (sample) play(sample.dataset.signalTry);
  if (event.target.closest("[data-mute]")) mute();
  if (event.target.closest("[data-theme-switch]")) turn();
  const key = event.target.closest("[data-key]");
  if (key) press(key);
  if (event.target.closest("[data-print]")) window.print();
  const spoken = event.target.closest("[data-scan-text]");
  if (spoken) scanned(spoken.dataset.scanText);
});

// A button that says what a code on a card says: it goes the way of a scan.
function scanned(text) {
  const field = document.querySelector("[data-scan]");
  if (!field) return;
  field.value = text;
  field.form.requestSubmit();
}

// A choice that applies at once: the form of a changed [data-apply] field is sent.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-apply]")) event.target.form.requestSubmit();
});

// A file that is larger than the server takes is refused before it is sent: on the floor's Wi-Fi that saves minutes.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches("input[type=file][data-most]")) return;
  const large = [...field.files].reduce((sum, file) => sum + file.size, 0) > Number(field.dataset.most);
  field.setCustomValidity(large ? field.dataset.tooBig : "");
  if (large) field.reportValidity();
});

// ---- the clock of the plant, not of the device's time zone
const clock = document.querySelector("[data-clock]");
if (clock) {
  const form = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", hour: "2-digit", minute: "2-digit", hour12: false });
  const tick = () => { clock.textContent = form.format(new Date()); };
  tick();
  setInterval(tick, 5000);
}

speak(document.body);
if (document.body.classList.contains("floor")) ready();
