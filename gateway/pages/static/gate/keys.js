// Keys of a scanner that types in; whole codes, cut ones and noise out. Pure: the hour comes with each key.
//
// A code is framed by its prefix and by Enter or Tab, and is taken only if it is whole (code.js): never by speed alone,
// for a busy tablet delivers the keys of a fast scanner with gaps of hundreds of milliseconds.

import { judge, plain } from "./code.js";

const FORGET_MS = 3000; // so long without a key: what came before belongs to nothing
const LONGEST = 400;
const NOISE = 4; // so many letters before an Enter were typed by no thumb that looks for a button

export class Keys {
  #typed = "";
  #last = -Infinity;

  /** One key; null while there is nothing to say, else {kind: "code", text} or {kind: "cut"} or {kind: "noise"}. */
  feed(key, ms) {
    if (ms - this.#last > FORGET_MS) this.#typed = "";
    this.#last = ms;
    if (key !== "Enter" && key !== "Tab") {
      if ([...key].length === 1) this.#typed = (this.#typed + key).slice(-LONGEST);
      return null;
    }
    const typed = plain(this.#typed);
    this.#typed = "";
    const begin = Math.max(typed.lastIndexOf("MS1:"), typed.lastIndexOf("MS2:"));
    if (begin < 0) return typed.length < NOISE ? null : { kind: "noise" };
    const text = typed.slice(begin).trim();
    const { state } = judge(text);
    return state === "complete" ? { kind: "code", text } : { kind: state === "other" ? "noise" : "cut" };
  }

  forget() {
    this.#typed = "";
  }
}
