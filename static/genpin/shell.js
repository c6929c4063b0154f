// The installable part: registers the service worker, and on the page without a connection names the kept station.
// Needs https (or this machine itself); on plain http pages work as before, only a reload needs the connection.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).catch(() => { /* the next page tries again */ });
  // The first page of a person was loaded before there was a worker: it is asked for again, so that it is kept.
  navigator.serviceWorker.ready.then(() => {
    if (!navigator.serviceWorker.controller || !performance.getEntriesByType("navigation")[0]?.workerStart) again();
  });
  const list = document.querySelector("[data-kept-stations]");
  if (list) offerStations(list);
}

// A locked page is not kept: a reload without a connection must not open what waits for a badge and a PIN.
const lock = document.getElementById("bench-lock");
if (lock) new MutationObserver(() => { if (lock.open) navigator.serviceWorker?.controller?.postMessage("forget"); else again(); }).observe(lock, { attributes: true, attributeFilter: ["open"] });

async function again() {
  if (!document.querySelector("form[data-scan-door]")) return;
  const worker = (await navigator.serviceWorker.ready).active;
  worker?.postMessage({ keep: location.href });
}

function offerStations(list) {
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    for (const address of data?.stations ?? []) {
      const link = document.createElement("a");
      link.className = "btn";
      link.href = address;
      link.textContent = decodeURIComponent(address.split("/").filter(Boolean).at(-1));
      list.append(link);
    }
  });
  navigator.serviceWorker.controller?.postMessage("kept stations");
}

document.querySelector("[data-again]")?.addEventListener("click", () => location.reload());
window.addEventListener("online", () => { if (document.querySelector("[data-again]")) location.reload(); });
