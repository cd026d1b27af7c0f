"use strict";
// Filters, their state in the address, and copying. Without it the page shows everything.
(() => {
  const all = [...document.querySelectorAll("[data-on]")];
  const facets = [...document.querySelectorAll("select[data-facet]")];
  const filters = document.querySelector(".filters");
  const count = document.querySelector(".count");
  const clear = document.querySelector(".clear");

  const apply = () => {
    const asked = facets.map((one) => one.selectedOptions[0].dataset.token).filter(Boolean);
    let shown = 0;
    for (const one of all) {
      const on = one.dataset.on.split(" ");
      one.hidden = !asked.every((token) => on.includes(token));
      shown += one.hidden ? 0 : 1;
    }
    for (const group of document.querySelectorAll(".group")) {
      group.hidden = !group.querySelector("[data-on]:not([hidden])");
    }
    if (asked.length) {
      for (const rest of document.querySelectorAll("details.rest")) rest.open = true;
    }
    if (!filters) return;
    count.textContent = asked.length ? `${shown} of ${all.length} findings` : "";
    clear.hidden = !asked.length;
  };

  const choose = (words) => {
    for (const one of facets) {
      one.value = words.get(one.dataset.facet) ?? "";
      if (one.selectedIndex < 0) one.value = "";
    }
    apply();
  };

  const write = () => {
    const words = new URLSearchParams();
    for (const one of facets) if (one.value) words.set(one.dataset.facet, one.value);
    history.replaceState(null, "", "#" + words);
    apply();
  };

  const read = () => {
    const asked = location.hash.slice(1);
    if (asked.includes("=")) return choose(new URLSearchParams(asked));
    const place = document.getElementById(asked);
    if (!place) return;
    if (place.closest("[hidden]")) choose(new URLSearchParams());
    for (let one = place; one; one = one.parentElement) if (one.localName === "details") one.open = true;
    place.scrollIntoView();
  };

  const copy = async (button) => {
    const text = button.parentElement.querySelector(".copy");
    const range = document.createRange();
    range.selectNodeContents(text);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    try {
      await navigator.clipboard.writeText(text.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = document.execCommand("copy") ? "Copied" : "Selected: press Ctrl+C";
    }
  };

  if (filters) {
    filters.hidden = false;
    clear.hidden = true;
    for (const one of facets) one.addEventListener("change", write);
    clear.addEventListener("click", () => {
      for (const one of facets) one.value = "";
      write();
    });
  }
  for (const button of document.querySelectorAll(".command button")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
  addEventListener("hashchange", read);
  read();
})();
