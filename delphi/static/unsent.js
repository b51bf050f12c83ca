/* What this device keeps until the server has it: answers and texts in IndexedDB, by sheet (study, round, person) and field,
   each with the key of its save, so that sending it again has no second effect. Pages stand in the caches of worker.js.
   A page that names no session may keep nothing, and deletes all of it. Where nothing can be kept, nothing here fails. */
const device = document.querySelector("meta[name=device]");
const { worker, answers, words, place } = device.dataset; // place: the path below which every page of ours stands
const SHEET = place + "sheet-", FILES = place + "files";
const session = device.content;
const opened = session ? open().catch(() => null) : null;

async function open() {
  const request = indexedDB.open("delphi" + place, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("unsent", { keyPath: ["sheet", "field"] });
  const database = await new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = failed;
  });
  database.onversionchange = () => database.close(); // another page deletes everything
  return database;
}

async function act(mode, work) { // what the work asked for, once it is on the disk; undefined where nothing is kept
  try {
    const transaction = (await opened).transaction("unsent", mode, { durability: "strict" });
    const request = work(transaction.objectStore("unsent"));
    await new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = failed;
    });
    return request.result;
  } catch {
    return undefined;
  }
}

const all = async () => (await act("readonly", (store) => store.getAll())) || [];
const put = (record) => act("readwrite", (store) => store.put(record));
const drop = (record) => act("readwrite", (store) => store.delete([record.sheet, record.field]));

/* An acknowledged value stays, with its version, until a page of the server shows it: the page as last seen may not. */
function acknowledge({ sheet, field, key }, version) {
  return act("readwrite", (store) => {
    const asked = store.get([sheet, field]);
    asked.onsuccess = () => {
      const record = asked.result;
      if (record && version) store.put({ ...record, seen: version, sent: record.sent || record.key === key });
      else if (record?.key === key) store.delete([sheet, field]);
    };
    return asked;
  });
}

function body({ sheet, field, value, seen, key }) {
  return new URLSearchParams({ [field]: value, ["seen-" + field]: seen, request: key, sheet });
}

function post(record, token) {
  return fetch(answers, { method: "POST", body: body(record), headers: { "X-CSRFToken": token }, keepalive: true });
}

/* Pages of another session, or of a round whose time is over, go. */
async function forgetPages(but = "") {
  try {
    for (const name of (await caches.keys()).filter((one) => one.startsWith(SHEET))) {
      const pages = await caches.open(name);
      for (const page of await pages.keys()) {
        const { headers } = await pages.match(page);
        if (name !== but || isOver(headers.get("Keep-Until"))) await pages.delete(page);
      }
      if (name !== but) for (const gone of [name, FILES]) await caches.delete(gone);
    }
  } catch { /* no caches here */ }
}

const isOver = (moment) => Date.parse(moment) < Date.now();

async function wipe() {
  try {
    indexedDB.deleteDatabase("delphi" + place);
    for (const name of await caches.keys()) if (name === FILES || name.startsWith(SHEET)) await caches.delete(name);
    for (const registration of await navigator.serviceWorker.getRegistrations()) {
      if (registration.scope.startsWith(`${location.origin}${place}/panel/`)) await registration.unregister();
    }
  } catch { /* nothing was kept */ }
}

async function openOffline() {
  try {
    const { scope } = await navigator.serviceWorker.register(worker);
    const came = performance.getEntriesByType("navigation")[0]?.workerStart > 0; // through the worker, which kept the page
    if (came || !location.href.startsWith(scope)) return;
    const files = [...document.querySelectorAll("link[rel=stylesheet], script")].map((element) => element.href || element.src);
    (await navigator.serviceWorker.ready).active.postMessage({ page: location.href.split("#")[0], files });
  } catch { /* no workers here */ }
}

function note(role, ...parts) {
  const box = document.createElement("div");
  box.className = "note bad stack";
  box.setAttribute("role", role);
  for (const part of parts) {
    const line = document.createElement("p");
    line.append(...[part].flat());
    box.append(line);
  }
  document.querySelector("main").prepend(box);
  return box;
}

/* The round of these closed before they could be sent: they are given back once, to be copied, and deleted. */
function giveBack(records) {
  if (!records.length) return;
  note("alert", said("late"), ...records.map((record) => `${record.code}: ${record.said}`));
  records.forEach(drop);
}

const said = (name) => JSON.parse(words)[name];

/* On a page without statements: send what is left of an earlier visit, and say what became of it. */
async function resend() {
  const records = await all();
  records.filter((record) => record.sent && isOver(record.until)).forEach(drop);
  const waiting = records.filter((record) => !record.sent);
  if (!waiting.length) return;
  const now = await (await fetch(answers)).json();
  if (now.state === "closed") {
    await forgetPages();
    records.filter((record) => record.sent && record.owner === now.owner).forEach(drop);
  }
  const own = waiting.filter((record) => record.owner === now.owner);
  giveBack(own.filter((record) => record.sheet !== now.sheet));
  const open = [];
  for (const record of own.filter((one) => one.sheet === now.sheet)) {
    const answer = await post(record, now.token);
    if (answer.ok) await acknowledge(record, (await answer.json()).versions[record.field]);
    else open.push(record);
  }
  if (open.length) note("status", said("left"), open.map(({ page, field, code }) => link(`${page}#s${field.split("-")[1]}`, code)));
  else if (own.some((record) => record.sheet === now.sheet)) note("status", said("resent")).className = "note";
}

function link(address, text) {
  const made = document.createElement("a");
  made.href = address;
  made.textContent = text;
  return made;
}

globalThis.unsent = { all, put, drop, acknowledge, post, giveBack, forgetPages };
if (!session) wipe();
else {
  forgetPages(SHEET + session);
  if (worker) openOffline();
  if (!document.querySelector("form[data-autosave]")) resend().catch(() => {}); // no connection: the next page tries again
}
