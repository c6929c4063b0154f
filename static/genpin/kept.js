// What a device keeps until the plant has judged it. IndexedDB: it outlives a reload, a crash of the tab, a restart of
// the browser, and is one for all tabs. Where a browser gives no database, memory holds it for the life of the page.
//
//   entries  {n, kind: "scan" | "form", id, session, station, text, at, offset, seq, state, kept, aside, tab, ...}
//            state: waiting, sent; judged: ok, stop, hold; pin (values that wait for a signature)
//   facts    what else must survive: the next number of a session, the clock's offset, why a queue stands still
const memory = { entries: new Map(), facts: new Map(), next: 1 };
let opening = null;

function open() {
  opening ??= new Promise((resolve) => {
    let request;
    try { request = indexedDB.open("genpin-kept", 1); } catch { resolve(null); return; }
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "n", autoIncrement: true });
      request.result.createObjectStore("facts");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      navigator.storage?.persist?.().catch(() => {}); // the browser shall not clear it when the disk is full
      resolve(request.result);
    };
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
  return opening;
}

// What was read is on the disk before it is sent; what became of it could be asked for again.
async function run(store, mode, work, durability = "relaxed") {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability });
    const request = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

// Whether what is kept here outlives the page.
export async function lasting() {
  return (await open()) !== null;
}

export async function add(entry) {
  if (await open()) return run("entries", "readwrite", (store) => store.add(entry), "strict");
  const n = memory.next++;
  memory.entries.set(n, { ...entry, n });
  return n;
}

export async function put(entry) {
  if (await open()) return run("entries", "readwrite", (store) => store.put(entry));
  return memory.entries.set(entry.n, entry);
}

export async function remove(n) {
  if (await open()) return run("entries", "readwrite", (store) => store.delete(n));
  return memory.entries.delete(n);
}

// All entries, in the order read.
export async function list() {
  if (await open()) return run("entries", "readonly", (store) => store.getAll());
  return [...memory.entries.values()];
}

export async function recall(name) {
  if (await open()) return run("facts", "readonly", (store) => store.get(name));
  return memory.facts.get(name);
}

export async function remember(name, value) {
  if (await open()) return run("facts", "readwrite", (store) => (value === null ? store.delete(name) : store.put(value, name)));
  return value === null ? memory.facts.delete(name) : memory.facts.set(name, value);
}
