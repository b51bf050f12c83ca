/* A slider writes into the box of its number, which is what is saved; until it is moved it stands for no answer. */
for (const slider of document.querySelectorAll("input[type=range]")) {
  const box = document.getElementById(slider.dataset.for);
  const card = slider.closest(".card"), reason = card.querySelector(".reason:not(.kept)");
  const side = () => slider.dataset.bounds.split(" ").filter((bound) => Number(bound) <= Number(box.value)).length;
  const follow = () => {
    slider.classList.toggle("open", box.value === "");
    if (box.value !== "") slider.value = box.value;
    if (reason) reason.hidden = box.value === "" || String(side()) === card.dataset.zone;
  };
  slider.hidden = false;
  slider.addEventListener("input", () => {
    box.value = slider.value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
  slider.addEventListener("change", () => box.dispatchEvent(new Event("change", { bubbles: true })));
  box.addEventListener("input", follow);
  document.addEventListener("progress", follow);
  follow();
}
