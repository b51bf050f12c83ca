/* A round that is being counted: looked at every other second, and read anew once it is done. The page has a link for that, too. */
const look = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && !page.getElementById("counting")) {
      location.reload();
      return;
    }
  } catch { /* without a network the page stays as it is, and looks again */ }
  setTimeout(look, 2000);
};
setTimeout(look, 1000);
