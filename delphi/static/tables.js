/* The preview of a designed table follows what is typed. Without a script the page has a button for that. */
const form = document.getElementById("design");
let waiting;
const look = async () => {
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview");
    if (page) document.getElementById("preview").innerHTML = page.innerHTML;
  } catch { /* without a network the preview stays as it is */ }
};
form.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, 500);
});
