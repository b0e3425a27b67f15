// A text in; the text of a pass as gateway/passes/text.py writes it, and whether all of it is there, out. Pure.
//
// A pass is "MS1:" and base32 of 84 | 4x header | a0 | 5x payload | 58 40 signature (gateway/passes/cose.py), from a
// phone "MS2:" and ten bytes more. So the text itself says how long it is, and one that was cut off is never taken for
// a forged one.

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // RFC 4648, section 6
const AFTER = { "MS1:": 0, "MS2:": 10 }; // bytes behind the signature

/** As a scanner's keyboard means it: full-width letters and a caps lock repaired. */
export const plain = (text) => text.normalize("NFKC").toUpperCase();

/** As a person typed it: blanks and dashes gone, and the digits base32 does not have read as the letters they look like. */
export const tidy = (text) => {
  const close = plain(text).replace(/[\s\p{Pd}\p{Cf}_]/gu, "");
  const [, kind, body] = /^MS([12ILZ])[:;.]?(.*)$/.exec(close) ?? [];
  if (kind === undefined) return close;
  const letters = body.replaceAll("0", "O").replaceAll("1", "I").replaceAll("8", "B");
  return `MS${kind === "2" || kind === "Z" ? 2 : 1}:${letters}`;
};

/** {state: "complete" | "incomplete" | "other", missing: letters still to come, null where the text does not say yet}. */
export const judge = (text) => {
  const after = AFTER[text.slice(0, 4)];
  if (after === undefined) {
    const begun = Object.keys(AFTER).some((prefix) => prefix.startsWith(text));
    return { state: begun ? "incomplete" : "other", missing: null };
  }
  const body = text.slice(4);
  if (/[^A-Z2-7]/.test(body)) return { state: "other", missing: null };
  const bytes = decoded(body);
  const length = lengthOf(bytes);
  if (length === null) return { state: "other", missing: null };
  if (length === undefined) return { state: "incomplete", missing: null };
  const letters = Math.ceil(((length + after) * 8) / 5);
  if (body.length > letters) return { state: "other", missing: null };
  return body.length < letters ? { state: "incomplete", missing: letters - body.length } : { state: "complete", missing: 0 };
};

const decoded = (letters) => {
  const bytes = [];
  let bits = 0;
  let held = 0;
  for (const letter of letters) {
    held = ((held << 5) | ALPHABET.indexOf(letter)) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return bytes;
};

/** Bytes up to the end of the signature; undefined while they do not say yet, null where they are no pass. */
const lengthOf = (bytes) => {
  let at = 0;
  const next = (...wanted) => wanted.every((byte) => bytes[at] === undefined || bytes[at++] === byte);
  const string = () => {
    const head = bytes[at++];
    if (head === undefined) return undefined;
    if (head >= 0x40 && head < 0x58) return head - 0x40;
    return head === 0x58 ? bytes[at++] : null;
  };
  if (!next(0x84)) return null;
  const header = string();
  if (!Number.isInteger(header)) return header;
  at += header;
  if (!next(0xa0)) return null;
  const payload = string();
  if (!Number.isInteger(payload)) return payload;
  at += payload;
  if (!next(0x58, 0x40)) return null;
  return at >= bytes.length ? undefined : at + 64;
};
