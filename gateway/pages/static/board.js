// The arrow keys on the board's plan: from flat to flat as they stand in the house. In: keys. Out: the focus.
// And on paper: the key, and the hour, for a board is live for days, and each sheet says when it was printed.
"use strict";
(() => {
  // htmx looks through all of a page for what is its own: here that is the stream, among the 40,000 elements of a street
  document.addEventListener("htmx:before:process", (event) => {
    if (event.target !== document.body) return;
    event.preventDefault();
    htmx.process(document.getElementById("stream"));
  });
  const plan = document.getElementById("plan");
  if (!plan) return;
  const middle = (node) => { const box = node.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; };
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const nearest = (from, building, step) => {
    const [x, y] = middle(from);
    let best = null;
    let least = Infinity;
    for (const flat of building.querySelectorAll("a.flat")) {
      const [fx, fy] = middle(flat);
      const along = (fx - x) * step[0] + (fy - y) * step[1];
      if (along < 4) continue;
      const far = along + 3 * Math.abs((fx - x) * step[1] + (fy - y) * step[0]); // rather straight on than near
      if (far < least) { least = far; best = flat; }
    }
    return best;
  };
  let hour = ""; // the house's: 2026-11-23T10:05:00.123+08:00
  document.getElementById("stream").addEventListener("pulse", (event) => { hour = event.detail.data; });
  const key = document.querySelector("details.key");
  let shut = false;
  window.addEventListener("afterprint", () => { if (shut) key.open = false; });
  window.addEventListener("beforeprint", () => {
    shut = !key.open;
    key.open = true;
    for (const each of plan.querySelectorAll("[data-printed]")) each.textContent = hour.slice(0, 16).replace("T", " ");
  });
  plan.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const from = event.target.closest("a.flat");
    if (!step || !from || event.altKey || event.ctrlKey || event.metaKey) return;
    const building = from.closest(".building");
    // the next building only from the edge of this one: asking where all stand would lay out a whole street
    const beyond = step[1] < 0 ? building.previousElementSibling : step[1] > 0 ? building.nextElementSibling : null;
    const best = nearest(from, building, step) ?? (beyond && nearest(from, beyond, step));
    if (!best) return;
    event.preventDefault();
    best.focus();
    best.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
})();
