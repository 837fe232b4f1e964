(() => {
  "use strict";
  const root = document.documentElement;
  // Without scripts, the page is shown as it is written; cards are put in order before they are shown.
  root.classList.replace("starting", "scripted");
  try {
    const chosen = localStorage.getItem("validator-theme");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    // A browser may keep nothing for pages on disk.
  }
})();
