// What a guard typed in; which of the three it is (the text of a pass, the short code of one, a plate), whether all of
// it is there, and what to send, out. Pure.
//
// A short code is checked here before anything is sent (gateway/passes/short_code.py); of a plate only the form.

import { judge, plain, tidy } from "./code.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford
const LENGTH = 8;
const PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";
const PLATES = [ // gateway/passes/plates.py says which are whole; the gateway looks again
  new RegExp(`^[${PROVINCES}][A-Z][A-Z0-9]{4}([A-Z0-9]{1,2}|[学警港澳领挂]|应急)$`),
  new RegExp(`^[${PROVINCES}][A-Z][0-9]{3}应急$`),
  /^使[0-9]{6}$|^[0-9]{6}使$/,
  new RegExp(`^WJ[${PROVINCES}]?[0-9]{4}[A-Z0-9]$`),
  /^[A-HJ-NP-Z]{2}[A-Z0-9]{5}$/,
];
const ONLY_ON_PLATES = new RegExp(`^[${PROVINCES}使]|^WJ|[${PROVINCES}学警港澳领挂应急使]`);

/** {kind, state: "complete" | "incomplete" | "slip" | "other", missing: characters still to come or null, text}. */
export const readTyped = (typed) => {
  const close = plain(typed).replace(/[^\p{L}\p{N}]/gu, "");
  const code = close.replaceAll("O", "0").replace(/[IL]/g, "1");
  const values = [...code].map((letter) => ALPHABET.indexOf(letter));
  const inAlphabet = !values.includes(-1);
  if (inAlphabet && code.length === LENGTH && check(values) === 0) return found("short", "complete", 0, code);
  if (/^MS?$|^MS[12ILZ]/.test(close)) return { kind: "code", text: tidy(typed), ...judge(tidy(typed)) };
  if (PLATES.some((form) => form.test(close))) return found("plate", "complete", 0, close);
  if (ONLY_ON_PLATES.test(close)) return found("plate", close.length < 8 ? "incomplete" : "other", null, close);
  if (!inAlphabet || code.length > LENGTH) return found("short", "other", null, code);
  if (code.length === LENGTH) return found("short", "slip", 0, code);
  return found("short", "incomplete", LENGTH - code.length, code);
};

const found = (kind, state, missing, text) => ({ kind, state, missing, text });

/** The sum of value times x^place over GF(32), x^5 = x^2 + 1; nothing where every letter is right. */
const check = (values) => {
  let total = 0;
  for (const value of values.slice(0, -1)) {
    total = (total ^ value) << 1;
    if (total & 32) total ^= 0b100101;
  }
  return total ^ values.at(-1);
};
