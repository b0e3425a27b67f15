// A text of at most 221 characters of QR's alphanumeric set in, the modules of a version 8-M code out: rows of true
// (dark) and false. ISO/IEC 18004:2015; numbers of its sections and tables beside what follows them.
"use strict";

const SIDE = 49; // version 8: 17 + 4 x 8
const DATA_BLOCKS = [38, 38, 39, 39]; // codewords of the data blocks, table 9
const CHECK_WORDS = 22; // codewords of error correction for each of them
const CENTRES = [6, 24, 42]; // of alignment patterns, annex E
const VERSION_BITS = 0x085bc; // annex D
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"; // table 5
const MASKS = [ // table 10; x is the column, y the row
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function qrCode(text) {
  const words = withChecks(dataWords(text));
  let best = null;
  for (let mask = 0; mask < 8; mask++) {
    const modules = drawn(words, mask);
    const penalty = penaltyOf(modules);
    if (best === null || penalty < best.penalty) best = { modules, penalty };
  }
  return best.modules;
}

function dataWords(text) { // 7.4.4
  const bits = [];
  const put = (value, width) => {
    for (let bit = width - 1; bit >= 0; bit--) bits.push((value >>> bit) & 1);
  };
  const capacity = DATA_BLOCKS.reduce((sum, length) => sum + length, 0) * 8;
  put(2, 4); // alphanumeric mode
  put(text.length, 9);
  for (let at = 0; at < text.length; at += 2) {
    const first = ALPHABET.indexOf(text[at]);
    if (at + 1 < text.length) put(first * 45 + ALPHABET.indexOf(text[at + 1]), 11);
    else put(first, 6);
  }
  put(0, Math.min(4, capacity - bits.length));
  while (bits.length % 8) bits.push(0);
  for (let pad = 0xec; bits.length < capacity; pad ^= 0xec ^ 0x11) put(pad, 8);
  const words = [];
  for (let at = 0; at < bits.length; at += 8) words.push(parseInt(bits.slice(at, at + 8).join(""), 2));
  return words;
}

function times(a, b) { // in GF(256) modulo 0x11d, 7.5.2
  let product = 0;
  for (; b; b >>>= 1) {
    if (b & 1) product ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11d : 0);
  }
  return product;
}

function checkWords(block) { // Reed-Solomon, annex A
  let generator = [1];
  for (let root = 1, step = 0; step < CHECK_WORDS; step++, root = times(root, 2)) {
    const next = [...generator, 0];
    generator.forEach((factor, at) => (next[at + 1] ^= times(factor, root)));
    generator = next;
  }
  const rest = [...block, ...new Array(CHECK_WORDS).fill(0)];
  for (let at = 0; at < block.length; at++) {
    const lead = rest[at];
    generator.forEach((factor, offset) => (rest[at + offset] ^= times(factor, lead)));
  }
  return rest.slice(block.length);
}

function withChecks(words) { // interleaved, 7.6
  let at = 0;
  const blocks = DATA_BLOCKS.map((length) => words.slice(at, (at += length)));
  const checks = blocks.map(checkWords);
  const mixed = [];
  for (const group of [blocks, checks]) {
    for (let column = 0; column < 39; column++) {
      for (const block of group) if (column < block.length) mixed.push(block[column]);
    }
  }
  return mixed;
}

function drawn(words, mask) {
  const modules = Array.from({ length: SIDE }, () => new Array(SIDE).fill(null));
  const put = (x, y, dark) => {
    if (x >= 0 && y >= 0 && x < SIDE && y < SIDE) modules[y][x] = Boolean(dark);
  };
  drawPatterns(put, modules);
  drawFormat(put, mask);
  drawWords(modules, words, mask);
  return modules;
}

function drawPatterns(put, modules) { // 6.3
  for (let at = 8; at < SIDE - 8; at++) {
    put(at, 6, at % 2 === 0);
    put(6, at, at % 2 === 0);
  }
  for (const [left, top] of [[3, 3], [SIDE - 4, 3], [3, SIDE - 4]]) { // finders with their separators
    for (let dy = -4; dy <= 4; dy++) {
      for (let dx = -4; dx <= 4; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        put(left + dx, top + dy, ring !== 2 && ring !== 4);
      }
    }
  }
  for (const y of CENTRES) {
    for (const x of CENTRES) {
      if (modules[y][x] !== null && !(x === 24 || y === 24)) continue; // a finder is there
      for (let dy = -2; dy <= 2; dy++) {
        for (let dx = -2; dx <= 2; dx++) put(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
      }
    }
  }
  for (let bit = 0; bit < 18; bit++) { // version information, 7.10
    const near = Math.floor(bit / 3);
    const far = SIDE - 11 + (bit % 3);
    put(near, far, (VERSION_BITS >>> bit) & 1);
    put(far, near, (VERSION_BITS >>> bit) & 1);
  }
}

function drawFormat(put, mask) { // 7.9; level M is 00
  let rest = mask << 10;
  for (let bit = 14; bit >= 10; bit--) if ((rest >>> bit) & 1) rest ^= 0x537 << (bit - 10);
  const format = ((mask << 10) | rest) ^ 0x5412;
  for (let bit = 0; bit < 15; bit++) {
    const dark = (format >>> bit) & 1;
    if (bit < 6) put(8, bit, dark);
    else if (bit < 8) put(8, bit + 1, dark);
    else if (bit === 8) put(7, 8, dark);
    else put(14 - bit, 8, dark);
    if (bit < 8) put(SIDE - 1 - bit, 8, dark);
    else put(8, SIDE - 15 + bit, dark);
  }
  put(8, SIDE - 8, true);
}

function drawWords(modules, words, mask) { // 7.7.3: two columns at a time, up and down, from the right
  let bit = 0;
  let up = true;
  for (let right = SIDE - 1; right > 0; right -= 2) {
    if (right === 6) right--;
    for (let step = 0; step < SIDE; step++) {
      const y = up ? SIDE - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (modules[y][x] !== null) continue;
        const word = words[bit >>> 3]; // beyond the last word: remainder bits, which are 0
        const dark = word !== undefined && (word >>> (7 - (bit & 7))) & 1;
        modules[y][x] = Boolean(dark) !== MASKS[mask](x, y);
        bit++;
      }
    }
    up = !up;
  }
}

function penaltyOf(modules) { // 7.8.3
  const lines = [...modules, ...modules.map((_, x) => modules.map((row) => row[x]))];
  let penalty = 0;
  for (const line of lines) {
    const written = line.map((dark) => (dark ? "1" : "0")).join("");
    for (const run of written.match(/0+|1+/g)) if (run.length >= 5) penalty += run.length - 2;
    for (const likeness of ["10111010000", "00001011101"]) { // a finder with its light side
      for (let at = written.indexOf(likeness); at >= 0; at = written.indexOf(likeness, at + 1)) penalty += 40;
    }
  }
  let dark = 0;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      if (modules[y][x]) dark++;
      if (x === 0 || y === 0) continue;
      const corner = modules[y][x];
      if (corner === modules[y - 1][x] && corner === modules[y][x - 1] && corner === modules[y - 1][x - 1]) penalty += 3;
    }
  }
  return penalty + 10 * Math.floor(Math.abs(dark * 20 - SIDE * SIDE * 10) / (SIDE * SIDE));
}
