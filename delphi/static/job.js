/* How far a file is: looked at every other second until it is made. Without a script the page has a link for that. */
const look = async () => {
  const place = document.getElementById("job");
  if (place.dataset.done) return;
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("job");
    if (answer.ok && page && page.innerHTML !== place.innerHTML) {
      place.innerHTML = page.innerHTML;
      place.dataset.done = page.dataset.done;
    }
  } catch { /* without a network the page stays as it is, and looks again */ }
  setTimeout(look, 2000);
};
setTimeout(look, 1000);
