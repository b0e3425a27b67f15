// The pass and the phone's clock in, a new code every fifteen seconds on the page. `gateway/passes/rotating.py` draws
// the bytes and reads them.
"use strict";

const STEP = 15; // seconds
const SUFFIX = 10; // bytes of step and tag
const QUIET = 4; // modules of white around the code
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // RFC 4648 section 6

function fromHex(written) {
  return Uint8Array.from(written.match(/../g) || [], (pair) => parseInt(pair, 16));
}

function base32(bytes) {
  let letters = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) letters += LETTERS[(held >>> (bits - 5)) & 31];
  }
  return bits ? letters + LETTERS[(held << (5 - bits)) & 31] : letters;
}

function codeAt(pass, seconds) {
  const step = Math.floor(seconds / STEP);
  const word = new Uint8Array(4);
  new DataView(word.buffer).setUint32(0, pass.epoch * 0x10000000 + step);
  const blob = fromHex(pass.blob);
  const tag = hmacSha256(fromHex(pass.key), joined(new TextEncoder().encode("menshen rotating tag 1"), blob, word));
  return "MS2:" + base32(joined(blob, word, tag.slice(0, SUFFIX - word.length)));
}

function pathOf(modules) {
  let path = "";
  modules.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (dark) path += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    });
  });
  return path;
}

function start() {
  const pass = JSON.parse(document.getElementById("pass").textContent);
  const part = (name) => document.getElementById(name);
  const two = (number) => String(number).padStart(2, "0");
  let shown = null;
  function tick() {
    const now = Date.now() / 1000;
    const state = now < pass.not_before ? "early" : now >= pass.not_after ? "over" : "good";
    document.body.dataset.state = state;
    const clock = new Date();
    part("clock").textContent = [clock.getHours(), clock.getMinutes(), clock.getSeconds()].map(two).join(":");
    part("left").style.width = `${100 - ((now % STEP) / STEP) * 100}%`;
    const step = Math.floor(now / STEP);
    if (state === "good" && step !== shown) {
      shown = step;
      const text = codeAt(pass, now);
      part("modules").setAttribute("d", pathOf(qrCode(text)));
      document.body.dataset.step = step;
    }
  }
  async function stayAwake() {
    if (!("wakeLock" in navigator) || document.hidden) return;
    // A phone may say no, when its battery is low; then the screen goes dark as it always does.
    await navigator.wakeLock.request("screen").catch(() => undefined);
  }
  document.addEventListener("visibilitychange", () => {
    tick();
    stayAwake();
  });
  tick();
  setInterval(tick, 200);
  stayAwake();
}

start();
