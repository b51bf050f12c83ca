/* Autosave: each answer is sent the moment it is given and stays here, and on this device (unsent.js), until the server has
   acknowledged it. One request at a time, in the order given; a repeated one carries the same key and has no second effect. */
const form = document.querySelector("form[data-autosave]");
const words = JSON.parse(form.dataset.words);
const trouble = document.getElementById("save-trouble");
const DELAYS = [1, 2, 4, 8, 30];
const TEXT_DELAY = 800;

const sheet = form.elements.sheet.value, { owner, until } = form.dataset;
const pending = new Map(); // field -> a record of unsent.js: given, not yet acknowledged
const torn = new Map(); // field -> its record, where another window stored something else: waits for a decision
const refused = new Map(); // field -> why the server did not take it: waits for a change
const typing = new Map(); // field -> timer of a text that is being typed
let token = form.elements.csrf_token.value;
let renewedBefore = false; // the token was renewed, and nothing was acknowledged or waited for since
let busy = false, tries = 0, wake = () => {}, leaveWith = null, left = false, told = 0;
let ended = false, closing = "", waiting = ""; // what keeps everything from being saved, in words

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const card = (field) => document.getElementById("s" + field.split("-")[1]);
const seen = (field) => form.elements["seen-" + field]; // none where a field stands on another page of the sheet
const box = (field) => document.getElementById(field); // of a text or a number
const isText = (field) => !field.startsWith("answer-");
const unsaved = () => [pending, torn, refused, typing].some((some) => [...some.keys()].some(seen));
const key = () => [...crypto.getRandomValues(new Uint8Array(16))]
  .map((byte, i) => (i === 6 ? (byte & 15) | 64 : i === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0"))
  .join("").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");

function show(field, state, values = {}) {
  const place = card(field)?.querySelector(".state");
  if (!place) return;
  place.textContent = fill(words[state], values);
  place.className = "state " + ({ saved: "ok", saving: "", open: "idle", kept: "wait", again: "wait", offline: "wait" }[state] ?? "bad");
}

/* The one place where trouble is told, with what can be done about it; it stays until it is dealt with. */
function tell() {
  const field = [...refused.keys(), ...torn.keys()][0];
  const kept = [...pending.values()].every((item) => item.kept);
  const [text, act, role = "status"] =
    closing ? [`${closing} ${words.late}`, () => button(words.copy, copy), "alert"]
    : ended ? [words.signed_out, () => sendMyLink()]
    : waiting ? [waiting === words.trouble && kept ? words.trouble_kept : waiting, () => button(words.retry, () => { wake(); settle(); })]
    : refused.size ? [`${code(field)}: ${refused.get(field)}`, () => goTo(field)]
    : torn.size ? [`${code(field)}: ${words.torn}`, () => goTo(field)]
    : [trouble.textContent && words.recovered];
  if (trouble.firstChild?.textContent === text) return;
  trouble.toggleAttribute("data-empty", !text);
  trouble.setAttribute("role", role);
  trouble.closest(".rail")?.classList.toggle("trouble", Boolean(act));
  trouble.replaceChildren(text, ...(act ? [" ", act()] : []));
  if (act) say(""); // what was saved before is no news beside it
}

const code = (field) => card(field)?.dataset.code || torn.get(field)?.code || "";

function sendMyLink() {
  const made = document.createElement("a");
  Object.assign(made, { href: form.dataset.link, target: "_blank", rel: "noopener", textContent: words.send_link });
  return made;
}

function goTo(field) {
  return button(words.go, () => {
    const input = form.querySelector(`.conflict [data-of="${field}"]`) || form.querySelector(`[name="${field}"]`);
    if (!input) return location.assign(`${torn.get(field).page}#s${field.split("-")[1]}`);
    unfold(input);
    input.focus();
  });
}

function unfold(input) {
  for (let part = input.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}

async function copy({ target }) {
  const records = [...pending.values()].map((item) => `${item.code}: ${item.said}`);
  await navigator.clipboard?.writeText([...records, ...[...refused.keys()].map((field) => box(field)?.value)].join("\n\n"));
  target.textContent = words.copied;
}

function record(field, value, version) {
  const { code } = card(field).dataset, page = location.pathname;
  return { sheet, owner, until, field, value, key: key(), seen: version ?? seen(field).value, page, code, said: label(field, value) };
}

function give(field, value, version) {
  const item = record(field, value, version);
  torn.delete(field);
  mark(field, "");
  card(field).querySelector(".conflict")?.remove();
  send_later(item);
}

function send_later(item) {
  pending.set(item.field, item);
  show(item.field, "saving");
  unsent.put(item).then((key) => {
    item.kept = Boolean(key);
    if (waiting && pending.get(item.field) === item) { show(item.field, held(item)); tell(); }
  });
  wake();
  pump();
}

async function pump() {
  if (busy) return;
  busy = true;
  while (pending.size) {
    const [field, item] = pending.entries().next().value;
    await send(field, item);
  }
  busy = false;
  settle();
}

async function send(field, item) {
  let answer, told_us = {};
  try {
    answer = await unsent.post(item, token);
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) told_us = await answer.json();
  } catch {
    return wait(words.trouble);
  }
  if (answer.ok) return acknowledged(field, item, told_us);
  if (told_us.state === "signed_out") {
    if (await renewed()) return;
    ended = true;
    return wait("");
  }
  if (told_us.state === "changed") return conflict(field, item, told_us.stored);
  if (told_us.state === "closed") return closed(told_us.message);
  if (told_us.state === "refused") return refuse(field, item, told_us.message);
  return wait(told_us.state === "stale" ? told_us.message : words.trouble, Number(answer.headers.get("Retry-After")));
}

const held = (item) => navigator.onLine ? "again" : item.kept ? "kept" : "offline";

async function wait(text, seconds = 0) {
  for (const [field, item] of pending) show(field, held(item));
  waiting = text;
  tell();
  const delay = seconds || DELAYS[Math.min(tries++, DELAYS.length - 1)];
  await new Promise((resolve) => { wake = resolve; setTimeout(resolve, delay * 1000); });
}

/* Why a field was refused stands at the field; "" takes that away. It is written down on this device all the same. */
function mark(field, message) {
  if (message) refused.set(field, message);
  else if (!refused.delete(field)) return;
  const input = box(field), id = "wrong-" + field;
  if (!input) return; // a set of choices
  let place = document.getElementById(id);
  if (message && !place) {
    place = document.createElement("span");
    place.id = id;
    place.className = "errtext";
    input.after(place);
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${id}`.trim());
  }
  if (place) place.textContent = message;
  input.closest(".field")?.classList.toggle("bad", Boolean(message));
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function refuse(field, item, message) {
  if (pending.get(field) === item) pending.delete(field);
  if (!seen(field)) return;
  mark(field, message);
  show(field, "refused");
  tell();
}

async function renewed() {
  try {
    const answer = await fetch(form.dataset.autosave);
    const fresh = answer.ok ? await answer.json() : {};
    if (fresh.sheet !== sheet || renewedBefore) return (renewedBefore = false);
    renewedBefore = true;
    token = form.elements.csrf_token.value = fresh.token;
    return true;
  } catch {
    return false;
  }
}

function acknowledged(field, item, told_us) {
  const version = told_us.versions[field];
  if (version && seen(field)) seen(field).value = version;
  if (pending.get(field) === item) pending.delete(field);
  else if (version && pending.has(field)) pending.get(field).seen = version;
  unsent.acknowledge(item, version);
  const time = new Date(told_us.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const answered = form.querySelector(`[name="answer-${field.split("-")[1]}"]:checked`) || isText(field) || item.value !== "clear";
  const others = [...pending.keys(), ...refused.keys(), ...torn.keys()];
  if (!others.some((other) => card(other) === card(field))) show(field, answered ? "saved" : "open", { time });
  document.dispatchEvent(new CustomEvent("progress", { detail: told_us }));
  if (closing) for (const waiting of pending.keys()) show(waiting, "saving");
  tries = 0;
  renewedBefore = ended = false;
  closing = waiting = "";
  const quiet = !trouble.textContent;
  if (!quiet && !pending.size) tell();
  else if (quiet && Date.now() - told > 10000) { told = Date.now(); say(fill(words.saved, { time })); }
}

function say(text) { // success is told quietly, and at most every ten seconds
  document.getElementById("save-said").textContent = text;
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "small quietbutton";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function label(field, value) {
  const chosen = form.querySelector(`[name="${field}"][value="${CSS.escape(value)}"]`);
  return chosen?.type === "radio" ? chosen.closest("label").querySelector(".cap").textContent.trim() : value || words.none;
}

function put(field, value) {
  const inputs = form.querySelectorAll(`[name="${field}"]`);
  for (const input of inputs) {
    if (input.type === "radio") input.checked = input.value === value;
    else input.value = value;
  }
  changed(card(field));
}

function conflict(field, sent, stored) {
  const item = pending.get(field) || sent;
  pending.delete(field);
  torn.set(field, item);
  tell();
  if (!seen(field)) return;
  seen(field).value = stored.version;
  show(field, "changed");
  const note = document.createElement("div");
  note.className = "note warn wide conflict";
  note.setAttribute("role", "alert");
  const question = document.createElement("p");
  const there = label(field, stored.value), here = label(field, item.value === "clear" ? "" : item.value);
  question.textContent = fill(isText(field) ? words.which_text : words.which, { there, here });
  const choice = document.createElement("p");
  choice.className = "acts";
  choice.append(
    button(isText(field) ? words.there : there, () => {
      torn.delete(field);
      unsent.drop(item);
      note.remove();
      put(field, stored.value);
      show(field, "saved", { time: "" });
      tell();
      settle();
    }),
    button(isText(field) ? words.here : here, () => {
      note.remove();
      if (!isText(field)) put(field, item.value === "clear" ? "" : item.value);
      give(field, isText(field) ? box(field).value : item.value);
      tell();
    }),
  );
  choice.firstChild.dataset.of = field;
  note.append(question, choice);
  card(field).querySelector(".conflict")?.remove();
  if (isText(field)) box(field).closest(".field").before(note);
  else card(field).querySelector("fieldset").after(note);
}

async function closed(message) {
  closing = message.replace(/\s+/g, " ");
  for (const waiting of pending.keys()) show(waiting, "closed");
  unsent.forgetPages();
  tell();
  await new Promise((resolve) => { wake = resolve; setTimeout(resolve, 30000); }); // an extension may open it again
}

function settle() {
  if (!leaveWith || busy || unsaved()) return;
  const pressed = leaveWith;
  leaveWith = null;
  form.requestSubmit(pressed);
}

/* What a change of answer brings with it: the button to clear, the question for a reason. */
function changed(article) {
  const chosen = article.querySelector("input[type=radio]:checked");
  const number = article.querySelector("input[inputmode=numeric]");
  const clear = article.querySelector("[data-clear]");
  if (clear) clear.hidden = !chosen && !number?.value;
  const state = document.querySelector(`[data-jump="${article.dataset.statement}"]`);
  if (state && chosen) state.textContent = chosen.closest("label").querySelector(".cap").textContent.trim();
  const asked = article.querySelector(".reason label span");
  if (!asked) return;
  const crossed = chosen && chosen.dataset.zone !== undefined && chosen.dataset.zone !== article.dataset.zone;
  asked.dataset.first ??= asked.textContent;
  const now = crossed ? chosen.closest("label").querySelector(".cap").textContent.trim() : "";
  asked.textContent = crossed ? fill(words.moved, { before: article.dataset.before, now }) : asked.dataset.first;
  if (crossed) say(asked.textContent);
}

function flush(field) {
  if (!typing.has(field)) return;
  clearTimeout(typing.get(field));
  typing.delete(field);
  const { value } = box(field);
  give(field, value || field.startsWith("answer-") ? value || "clear" : "");
}

form.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type === "radio") { changed(input.closest("article")); give(input.name, input.value); }
  else flush(input.name);
});
form.addEventListener("input", (event) => {
  const input = event.target;
  if (input.type === "radio" || !input.name) return;
  clearTimeout(typing.get(input.name));
  typing.set(input.name, setTimeout(() => flush(input.name), TEXT_DELAY));
  if (isText(input.name)) unsent.put(record(input.name, input.value));
  if (input.dataset.most) remaining(input);
});
function remaining(area) {
  let note = area.parentElement.querySelector(".left");
  const over = area.value.length > area.dataset.most * 0.8;
  if (over && !note) {
    note = document.createElement("span");
    note.className = "small soft left";
    area.after(note);
  }
  if (note) note.textContent = over && area.value.length <= area.dataset.most ? fill(words.left, { n: area.dataset.most - area.value.length }) : "";
}
form.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-keep], [data-clear]");
  if (!pressed) return;
  event.preventDefault();
  const field = "answer-" + pressed.closest("article").dataset.statement;
  const value = "keep" in pressed.dataset ? pressed.value && form.elements[field.replace("answer", "previous")].value : "";
  if (!value) pressed.closest("article").querySelector("input[type=radio], input[inputmode]").focus();
  put(field, value);
  give(field, value || "clear");
});
form.addEventListener("submit", (event) => {
  for (const field of [...typing.keys()]) flush(field);
  if (!unsaved() && navigator.onLine) { left = true; return; }
  event.preventDefault(); // the browser's own error page would lose what is not saved
  leaveWith = event.submitter;
  const open = [...refused.keys(), ...torn.keys()].find(seen);
  if (refused.has(open)) leaveWith = null; // whoever mends a text is not taken away from it
  if (open) goTo(open).click();
  else if (!navigator.onLine) { waiting = words.no_connection; tell(); }
});
addEventListener("online", () => { tries = 0; wake(); settle(); });
addEventListener("focus", () => wake());
addEventListener("beforeunload", (event) => { if (unsaved() && !left) event.preventDefault(); });
addEventListener("pagehide", () => {
  for (const field of [...typing.keys()]) flush(field);
  if (left) return;
  for (const item of pending.values()) unsent.post(item, token).catch(() => {});
});

/* What was given before this script was there. A browser that reloads or goes back may put in older values of its own: these
   are sent as if nothing had been seen, so that the server asks where something else is stored. */
function giveEarly(taken, version) {
  for (const input of form.elements) {
    if (!seen(input.name) || taken.has(input.name)) continue;
    const given = input.type === "radio" ? input.checked && !input.defaultChecked : input.value !== input.defaultValue;
    if (given) give(input.name, input.value || (isText(input.name) ? "" : "clear"), version);
  }
}

/* What an earlier visit left on this device: sent again, or shown where the page is older than what was saved. */
async function takeUp() {
  const records = (await unsent.all()).filter((item) => item.owner === owner);
  unsent.giveBack(records.filter((item) => item.sheet !== sheet && !item.sent));
  const taken = new Set();
  for (const item of records.filter((one) => one.sheet === sheet && !pending.has(one.field) && !typing.has(one.field))) {
    const place = seen(item.field), value = item.value === "clear" ? "" : item.value;
    if (item.sent && place?.value >= item.seen) unsent.drop(item);
    if (item.sent && !(place?.value < item.seen)) continue;
    taken.add(item.field);
    if (place) put(item.field, value);
    if (place && isText(item.field) && value) unfold(box(item.field));
    if (!item.sent) { send_later(item); continue; }
    place.value = item.seen;
    show(item.field, value || isText(item.field) ? "saved" : "open", { time: "" });
  }
  return taken;
}

for (const input of form.querySelectorAll("input[type=hidden]")) input.value = input.defaultValue;
for (const input of form.querySelectorAll("[aria-invalid=true]")) {
  refused.set(input.name, document.getElementById("wrong-" + input.name).textContent);
}
for (const article of form.querySelectorAll("article")) changed(article);
if (performance.getEntriesByType("navigation")[0]?.type === "navigate") { giveEarly(refused); takeUp(); }
else takeUp().then((taken) => giveEarly(taken, 0));
if (refused.size) tell();
document.getElementById("summary")?.focus();
