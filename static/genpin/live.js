// A board that is told when it has changed (server-sent events). While it is not told it asks by itself, as often as the
// page says; a board that nobody sees asks nothing.
//   [data-live=address]  data-every (seconds)  its htmx trigger is "live"
const board = document.querySelector("[data-live]");
const SELDOM = 60; // seconds: clocks and "no data for … minutes" move without news
let source = null;
let asked = Date.now();

function look() {
  asked = Date.now();
  board.dispatchEvent(new CustomEvent("live"));
}

function listen() {
  source?.close();
  source = new EventSource(board.dataset.live);
  source.addEventListener("board", look);
  source.addEventListener("open", () => { board.dataset.told = "yes"; });
  source.addEventListener("error", () => { board.dataset.told = "no"; });
}

function tick() {
  if (document.hidden) return;
  const told = source?.readyState === EventSource.OPEN;
  if (Date.now() - asked >= (told ? SELDOM : Number(board.dataset.every)) * 1000) look();
  if (source?.readyState === EventSource.CLOSED && Date.now() - asked < 1000) listen(); // refused for good: try again now and then
}

if (board) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else { listen(); look(); }
  });
  setInterval(tick, 1000);
  listen();
}
