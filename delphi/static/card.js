/* Comfort on a page of cards: the way to the next open statement, and keys that rate. */
const cards = [...document.querySelectorAll("article.card")];
const choices = (card) => [...card.querySelectorAll('input[type=radio]:not([value="nq"])')];
const isOpen = (card) => !card.querySelector("input:checked") && !card.querySelector("input[inputmode]")?.value;

/* The foot of the screen: how far one is, and where to go on; beyond this page as "Save and continue" does. */
document.addEventListener("progress", ({ detail }) => {
  document.getElementById("progress").textContent = detail.progress;
  document.getElementById("left").textContent = detail.left;
  document.getElementById("share").setAttribute("width", detail.share + "%");
});
document.getElementById("next-open").addEventListener("click", (event) => {
  const here = cards.indexOf(document.activeElement.closest("article.card"));
  const next = [...cards.slice(here + 1), ...cards.slice(0, here + 1)].find(isOpen);
  event.preventDefault();
  if (next) { next.scrollIntoView(); next.focus({ preventScroll: true }); }
  else document.getElementById("on").click();
});

/* Keys inside a card: digits rate in the order shown, x opts out, c comments, n and p lead on and back. Can be switched off. */
const box = document.getElementById("keys"), on = document.getElementById("keys-on");
const most = Math.max(...cards.map((card) => choices(card).length));

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
  if (key === "c" && comment) return () => { comment.closest("details").open = true; comment.focus(); };
  const beside = cards[cards.indexOf(card) + { n: 1, p: -1 }[key]];
  return beside ? () => beside.focus() : null;
}
