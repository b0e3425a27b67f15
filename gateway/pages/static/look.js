// What somebody chose on this device in; type size and brightness of the page out. Loaded before anything is painted, so
// that no bright page flashes up at night. In: the buttons [data-look]. Out: the root's data-theme and data-size.
"use strict";
(() => {
  const root = document.documentElement;
  const key = (name) => `menshen-${name}`;
  const set = (name, value) => {
    if (value) root.dataset[name] = value;
    else delete root.dataset[name]; // as the device has it
  };
  for (const name of ["theme", "size"]) set(name, localStorage.getItem(key(name)));

  document.addEventListener("DOMContentLoaded", () => {
    const menu = document.getElementById("look");
    const buttons = [...document.querySelectorAll("[data-look]")];
    const show = () => {
      for (const each of buttons) each.setAttribute("aria-pressed", String((root.dataset[each.dataset.look] ?? "") === each.value));
    };
    for (const each of buttons) {
      each.addEventListener("click", () => {
        localStorage.setItem(key(each.dataset.look), each.value);
        set(each.dataset.look, each.value);
        show();
      });
    }
    show();
    const close = () => {
      if (!menu.open) return;
      const within = menu.contains(document.activeElement);
      menu.open = false;
      if (within) menu.querySelector("summary").focus();
    };
    document.addEventListener("pointerdown", (event) => { if (!menu.contains(event.target)) menu.open = false; });
    document.addEventListener("menshen:new", close); // nothing may stand before an answer

    // ---- keys that no scanner sends: letters would be typed by one (and WCAG 2.1.4 wants them to be turned off)
    const visible = (node) => node.checkVisibility?.() ?? node.offsetParent !== null;
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.isComposing) return;
      if (event.key === "Escape") {
        close();
        if (document.activeElement?.matches("input, textarea, select")) document.activeElement.blur();
        return;
      }
      if (!/^F\d$/.test(event.key)) return;
      const wanted = [...document.querySelectorAll(`[aria-keyshortcuts="${event.key}"]`)].find(visible);
      if (!wanted) return;
      event.preventDefault();
      wanted.focus();
      if (!wanted.hasAttribute("data-key-goes")) wanted.click(); // what changes something is only gone to
    });
  });
})();
