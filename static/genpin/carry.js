// What is carried over a board: lifted by mouse, pen or finger, or by keys, and put down or left where it was.
// No words are written here.
const NEAR = 4; // pixels: less is a click, not a drag
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// `grip`: where fingers and keys take hold, `[aria-pressed]`; `item`: what is carried, its closest (a mouse may take it
// anywhere). lift(item, byKeys) answers false where it cannot be; drag(across, down, event) and step(across, down, event)
// show where it would go; put(item) answers whether it went; leave(item) puts it back.
export function carrying({ item, grip, lift, drag, step, put, leave }) {
  let held = null; // { thing, handle, byKeys, pointer, startX, startY, moved }

  const mark = (on) => {
    held.handle.setAttribute("aria-pressed", String(on));
    held.thing.classList.toggle("lifted", on);
  };

  function take(thing, handle, byKeys) {
    drop();
    if (lift(thing, byKeys) === false) return;
    held = { thing, handle, byKeys, moved: false };
    mark(true);
  }

  function drop() {
    if (!held) return;
    mark(false);
    const { thing } = held;
    held = null;
    leave(thing);
  }

  function down() {
    if (put(held.thing)) held = null;
    else drop();
  }

  document.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    const own = event.target.closest?.(grip);
    const loose = event.pointerType === "mouse" && !event.target.closest?.("a, button, input, label, select, summary, textarea");
    const thing = own?.closest(item) ?? (loose ? event.target.closest?.(item) : null);
    if (!thing) return;
    const handle = own ?? thing.querySelector(grip);
    if (!handle) return;
    take(thing, handle, false);
    if (!held) return;
    Object.assign(held, { startX: event.clientX, startY: event.clientY, pointer: event.pointerId });
    handle.setPointerCapture(event.pointerId);
  });

  document.addEventListener("pointermove", (event) => {
    if (!held || held.byKeys || event.pointerId !== held.pointer) return;
    const across = event.clientX - held.startX;
    const below = event.clientY - held.startY;
    if (!held.moved && Math.hypot(across, below) < NEAR) return;
    held.moved = true;
    event.preventDefault();
    drag(across, below, event);
  });

  document.addEventListener("pointerup", (event) => {
    if (!held || held.byKeys || event.pointerId !== held.pointer) return;
    if (held.moved) down();
    else drop(); // a click carries nothing
  });
  document.addEventListener("pointercancel", () => { if (held && !held.byKeys) drop(); });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held) { event.preventDefault(); return drop(); }
    const handle = event.target.closest?.(grip);
    if (!handle) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (held?.handle === handle) return down();
      take(handle.closest(item), handle, true);
      return held && step(0, 0, event);
    }
    const way = STEPS[event.key];
    if (held?.handle !== handle || !way) return;
    event.preventDefault();
    step(...way, event);
  });
}
