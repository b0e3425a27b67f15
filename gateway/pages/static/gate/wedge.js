// A keyboard scanner at this page in; its codes out. It listens while the page has the keyboard and nobody types in a
// field, and says so when it does not.
//
// No field takes the scanner's letters: with a Chinese input method on, a focused field gets key "Process" (229) and the
// code is lost in the composition; without one the keys come clean (notes of the project's trials in Chromium).

import { Keys } from "./keys.js";

const NO_TEXT = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];

export const takesText = (node) =>
  node !== null &&
  (node.isContentEditable ||
    ["TEXTAREA", "SELECT"].includes(node.tagName) ||
    (node.tagName === "INPUT" && !NO_TEXT.includes(node.type)));

export const listen = (sign, found) => {
  const keys = new Keys();
  let here = document.hasFocus();
  const show = () => {
    const state = !here ? "no" : takesText(document.activeElement) ? "typing" : "yes";
    if (sign.dataset.state !== state) sign.dataset.state = state;
    if (state !== "yes") keys.forget();
    return state === "yes";
  };
  window.addEventListener("focus", () => { here = true; show(); });
  window.addEventListener("blur", () => { here = false; show(); });
  document.addEventListener("focusin", show);
  document.addEventListener("focusout", () => setTimeout(show)); // only then is the new place in activeElement
  document.addEventListener("visibilitychange", show);
  document.addEventListener("pointerdown", () => { here = true; show(); });
  document.addEventListener(
    "keydown",
    (event) => {
      here = true; // whoever gets keys has the keyboard
      if (!show() || event.key === "Process" || event.keyCode === 229 || event.repeat || event.altKey || event.metaKey) return;
      const carriageReturn = event.ctrlKey && event.key.toLowerCase() === "m";
      if (event.ctrlKey && !carriageReturn) return;
      const read = keys.feed(carriageReturn ? "Enter" : event.key, performance.now());
      if (read === null) return;
      event.preventDefault(); // the scanner's Enter must not press whatever button has the focus
      event.stopPropagation();
      found(read);
    },
    true,
  );
  show();
};
