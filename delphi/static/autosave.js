/* Autosave: each answer is sent the moment it is given and stays here until the server has acknowledged it.
   One request at a time, in the order given; a repeated request carries the same key and has no second effect. */
const form = document.querySelector("form[data-autosave]");
const words = JSON.parse(form.dataset.words);
const trouble = document.getElementById("save-trouble");
const DELAYS = [1, 2, 4, 8, 30];
const TEXT_DELAY = 800;

const pending = new Map(); // field -> {value, key}: given, not yet acknowledged
const torn = new Map(); // field -> the version stored by another window: waits for a decision
const typing = new Map(); // field -> timer of a text that is being typed
let token = form.elements.csrf_token.value;
let renewedBefore = false; // the token was renewed, and nothing was acknowledged or waited for since
let busy = false, tries = 0, wake = () => {}, leaveWith = null, left = false, told = 0;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const card = (field) => document.getElementById("s" + field.split("-")[1]);
const seen = (field) => form.elements["seen-" + field];
const isText = (field) => !field.startsWith("answer-");
const unsaved = () => pending.size + torn.size + typing.size > 0;
const key = () => [...crypto.getRandomValues(new Uint8Array(16))]
  .map((byte, i) => (i === 6 ? (byte & 15) | 64 : i === 8 ? (byte & 63) | 128 : byte).toString(16).padStart(2, "0"))
  .join("").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");

function show(field, state, values = {}) {
  const place = card(field).querySelector(".state");
  place.textContent = fill(words[state], values);
  place.className = "state " + ({ saved: "ok", saving: "", open: "idle", again: "wait", offline: "wait" }[state] ?? "bad");
}

function announce(text) {
  trouble.closest(".rail").classList.toggle("trouble", Boolean(text) && text !== words.recovered);
  trouble.toggleAttribute("data-empty", !text);
  trouble.textContent = text;
}

function give(field, value) {
  pending.set(field, { value, key: key() });
  torn.delete(field);
  card(field).querySelector(".conflict")?.remove();
  show(field, "saving");
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

function body(field, item) {
  return new URLSearchParams({
    [field]: item.value, ["seen-" + field]: seen(field).value, request: item.key, sheet: form.elements.sheet.value,
  });
}

async function send(field, item) {
  let answer, told_us = {};
  try {
    answer = await fetch(form.dataset.autosave, {
      method: "POST", body: body(field, item), headers: { "X-CSRFToken": token }, keepalive: true,
    });
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) told_us = await answer.json();
  } catch {
    return wait(field, navigator.onLine ? "again" : "offline", words.trouble);
  }
  if (answer.ok) return acknowledged(field, item, told_us);
  if (told_us.state === "signed_out") {
    if (await renewed()) return;
    return wait(field, "again", words.signed_out);
  }
  if (told_us.state === "changed") return conflict(field, item, told_us.stored);
  if (told_us.state === "closed") return closed(field, told_us.message);
  if (told_us.state === "refused" || told_us.state === "stale") {
    pending.delete(field);
    show(field, "refused");
    return announce(told_us.message);
  }
  return wait(field, "again", words.trouble, Number(answer.headers.get("Retry-After")));
}

async function wait(field, state, text, seconds = 0) {
  for (const waiting of pending.keys()) show(waiting, state);
  if (trouble.textContent !== text) announce(text);
  const delay = seconds || DELAYS[Math.min(tries++, DELAYS.length - 1)];
  await new Promise((resolve) => { wake = resolve; setTimeout(resolve, delay * 1000); });
}

async function renewed() {
  try {
    const answer = await fetch(form.dataset.autosave);
    const fresh = answer.ok ? await answer.json() : {};
    if (fresh.sheet !== form.elements.sheet.value || renewedBefore) return (renewedBefore = false);
    renewedBefore = true;
    token = form.elements.csrf_token.value = fresh.token;
    return true;
  } catch {
    return false;
  }
}

function acknowledged(field, item, told_us) {
  if (told_us.versions[field]) seen(field).value = told_us.versions[field];
  if (pending.get(field) === item) pending.delete(field);
  const time = new Date(told_us.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const answered = form.querySelector(`[name="answer-${field.split("-")[1]}"]:checked`) || isText(field) || item.value !== "clear";
  if (![...pending.keys()].some((other) => card(other) === card(field))) show(field, answered ? "saved" : "open", { time });
  document.dispatchEvent(new CustomEvent("progress", { detail: told_us }));
  document.querySelector(".closed-alert")?.remove();
  tries = 0;
  renewedBefore = false;
  if (trouble.textContent && !pending.size) announce(words.recovered);
  else if (!trouble.textContent && Date.now() - told > 10000) { told = Date.now(); say(fill(words.saved, { time })); }
}

function say(text) { // success is told quietly, and at most every ten seconds
  document.getElementById("save-said").textContent = text;
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "quietbutton";
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

function conflict(field, item, stored) {
  pending.delete(field);
  torn.set(field, stored.version);
  seen(field).value = stored.version;
  show(field, "changed");
  const box = document.createElement("div");
  box.className = "note warn wide conflict";
  box.setAttribute("role", "alert");
  const question = document.createElement("p");
  const there = label(field, stored.value), here = label(field, item.value === "clear" ? "" : item.value);
  question.textContent = fill(isText(field) ? words.which_text : words.which, { there, here });
  const choice = document.createElement("p");
  choice.className = "acts";
  choice.append(
    button(isText(field) ? words.there : there, () => {
      torn.delete(field);
      box.remove();
      put(field, stored.value);
      show(field, "saved", { time: "" });
      settle();
    }),
    button(isText(field) ? words.here : here, () => {
      box.remove();
      if (!isText(field)) put(field, item.value);
      give(field, isText(field) ? form.elements[field].value : item.value);
    }),
  );
  box.append(question, choice);
  card(field).querySelector(".conflict")?.remove();
  if (isText(field)) document.getElementById(field).closest(".field").before(box);
  else card(field).querySelector("fieldset").after(box);
}

async function closed(field, message) {
  if (!document.querySelector(".closed-alert")) {
    const box = document.createElement("div");
    box.className = "note bad closed-alert stack";
    box.setAttribute("role", "alert");
    const lines = [message.replace(/\s+/g, " "), words.late].map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    });
    const copy = button(words.copy, async () => {
      const texts = [...pending].map(([name, item]) => label(name, item.value)).join("\n\n");
      await navigator.clipboard?.writeText(texts);
      copy.textContent = words.copied;
    });
    box.append(...lines, copy);
    form.before(box);
  }
  for (const waiting of pending.keys()) show(waiting, "closed");
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
  const value = form.elements[field].value;
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
  if (note) note.textContent = over ? fill(words.left, { n: area.dataset.most - area.value.length }) : "";
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
  if (torn.size) card(torn.keys().next().value).querySelector(".conflict button").focus();
  else if (!navigator.onLine) announce(words.trouble);
});
addEventListener("online", () => { tries = 0; wake(); settle(); });
addEventListener("focus", () => wake());
addEventListener("beforeunload", (event) => { if (unsaved() && !left) event.preventDefault(); });
addEventListener("pagehide", () => {
  for (const field of [...typing.keys()]) flush(field);
  if (left) return;
  for (const [field, item] of pending) {
    fetch(form.dataset.autosave, { method: "POST", body: body(field, item), headers: { "X-CSRFToken": token }, keepalive: true }).catch(() => {});
  }
});
for (const article of form.querySelectorAll("article")) changed(article);
document.getElementById("summary")?.focus();
