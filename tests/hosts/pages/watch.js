/** Notes what the console is told and what is thrown: the library does neither. Not a module, so that it comes first. */
const noted = [];

function note(what) {
  noted.push(what);
  document.documentElement.dataset.noted = JSON.stringify(noted);
}

for (const kind of ["debug", "log", "info", "warn", "error"]) {
  console[kind] = (...what) => note(`console.${kind}: ${what.join(" ")}`);
}
addEventListener("unhandledrejection", ({ reason }) => note(`not handled: ${reason}`));
// what could not be loaded tells it to nobody above
addEventListener("error", ({ message, target }) => note(message ?? `${target.src} could not be loaded`), true);
