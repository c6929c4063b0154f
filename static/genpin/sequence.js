// The sequence of build orders: drag a line, press its buttons, or use the arrow keys. One form is posted, with the
// version of the order that this page showed; the server's answer is the page that comes back.
"use strict";

(() => {
  const list = document.querySelector("[data-sequence]");
  const form = document.querySelector("[data-sequence-form]");
  if (!list || !form) return;

  const lines = () => [...list.querySelectorAll("[data-order]")];
  let dragged = null;

  const put = (line, before) => {
    form.action = line.dataset.url;
    form.elements.version.value = line.dataset.version;
    form.elements.before.value = before ? before.dataset.order : "";
    form.submit();
  };

  const step = (line, by) => {
    const all = lines();
    const at = all.indexOf(line);
    if (by < 0 && at > 0) put(line, all[at - 1]);
    if (by > 0 && at < all.length - 1) put(line, all[at + 2] || null);
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (button) step(button.closest("[data-order]"), button.dataset.move === "up" ? -1 : 1);
  });

  list.addEventListener("keydown", (event) => {
    const line = event.target.closest("[data-order]");
    if (!line || event.target !== line) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      step(line, event.key === "ArrowUp" ? -1 : 1);
    }
  });

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-order]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.order);
  });

  list.addEventListener("dragover", (event) => {
    const line = event.target.closest("[data-order]");
    if (!dragged || !line) return;
    event.preventDefault();
    lines().forEach((one) => one.toggleAttribute("data-over", one === line && one !== dragged));
  });

  list.addEventListener("drop", (event) => {
    const line = event.target.closest("[data-order]");
    if (!dragged || !line || line === dragged) return;
    event.preventDefault();
    const all = lines();
    const down = all.indexOf(dragged) < all.indexOf(line);
    put(dragged, down ? all[all.indexOf(line) + 1] || null : line);
  });

  list.addEventListener("dragend", () => {
    dragged = null;
    lines().forEach((one) => one.removeAttribute("data-over"));
  });
})();
