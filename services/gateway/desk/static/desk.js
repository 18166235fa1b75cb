// Adds progress: an element with data-refresh="milliseconds" is fetched anew from its own page until it has none.
"use strict";
(function () {
  function watch() {
    const here = document.querySelector("[data-refresh]");
    if (!here) return;
    window.setTimeout(async function () {
      try {
        const answer = await fetch(window.location.href, { credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const now = page.getElementById("main");
        if (now) document.getElementById("main").replaceChildren(...now.childNodes);
      } catch (_) {
        /* the network is away: try again */
      }
      watch();
    }, Number(here.dataset.refresh));
  }
  // A form is sent once, however often its button is pressed.
  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", function () {
    for (const form of document.forms) delete form.dataset.sent;
  });
  watch();
})();
