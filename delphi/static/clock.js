/* Beside each moment in the study's zone, the time it is for the reader, if that differs. */
for (const time of document.querySelectorAll("time[data-zone]")) {
  const at = new Date(time.dateTime), language = document.documentElement.lang;
  const shown = (zone) => at.toLocaleString(language, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });
  const own = shown(undefined);
  if (own !== shown(time.dataset.zone)) time.append(` (${time.dataset.own.replace("{time}", own)})`);
}
