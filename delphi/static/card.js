/* Comfort on a card: the comments stand open where there is room, and keys rate. */
if (matchMedia("(min-width: 60rem)").matches) for (const details of document.querySelectorAll("details.others")) details.open = true;

/* Keys inside a card: digits rate in the order shown, x opts out, c comments, n and p lead on and back. Can be switched off. */
const box = document.getElementById("keys"), on = document.getElementById("keys-on");
const most = Math.max(...[...document.querySelectorAll("article.card")].map((card) => choices(card).length));

function choices(card) {
  return [...card.querySelectorAll('input[type=radio]:not([value="nq"])')];
}

if (most > 0 && most <= 9) {
  box.hidden = false;
  on.checked = localStorage.getItem("keys") !== "off";
  on.addEventListener("change", () => localStorage.setItem("keys", on.checked ? "on" : "off"));
  document.addEventListener("keydown", press);
}

function press(event) {
  const card = event.target.closest?.("article.card");
  const writing = event.target.matches?.("textarea, input:not([type=radio])");
  if (!card || writing || !on.checked || event.ctrlKey || event.altKey || event.metaKey) return;
  const act = action(card, event.key.toLowerCase());
  if (!act) return;
  event.preventDefault();
  act();
}

function action(card, key) {
  const input = key === "x" ? card.querySelector('input[value="nq"]') : /^[1-9]$/.test(key) ? choices(card)[key - 1] : null;
  if (input) return () => { input.focus(); input.click(); };
  const comment = card.querySelector("textarea[name^=comment]");
  if (key === "c" && comment) return () => comment.focus();
  const beside = key === "n" ? card.nextElementSibling : key === "p" ? card.previousElementSibling : null;
  return beside?.matches("article.card") ? () => beside.focus() : null;
}
