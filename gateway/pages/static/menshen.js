// What a page does by itself: say whether it is live, run its clock and ages, ring. Everything else comes as HTML.
// In: pulses and fragments of the stream (htmx hx-sse). Out: the body's data-live, texts of <time data-since> and <time data-until>, sounds.
"use strict";
(() => {
  const SILENT_MS = 3500; // three pulses missed
  const LEFT_ALONE_MS = 3000; // after a touch or a key the page does not move
  const TOO_SOON_MS = 700; // a finger that was on its way when the person changed
  const page = document.body;
  const notice = document.getElementById("notice");
  let noticeTimer = null;
  const expects = page.dataset.live !== "none";
  const AGES = page.dataset.ages.split("|"); // "{n} min ago" in the language of the page, from seconds to days
  let lastPulse = -Infinity;
  let hour = null; // {house: ms of the house's clock, here: ms of ours, at the same moment}, and its text's offset

  // ---- alive or not: a page that lost its gateway must never look fresh
  const setLive = (state) => { if (page.dataset.live !== state) page.dataset.live = state; };
  const pulse = (text) => {
    lastPulse = performance.now();
    hour = { house: Date.parse(text), here: lastPulse, offset: offsetOf(text) };
    setLive("yes");
    tick();
  };
  const offsetOf = (text) => {
    const m = /([+-])(\d\d):(\d\d)$/.exec(text);
    return m ? (m[1] === "-" ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) * 60000 : 0;
  };
  const lost = () => { if (expects && page.dataset.live === "yes") setLive("lost"); };
  let aside = false;
  const stream = document.getElementById("stream");
  if (stream) {
    stream.addEventListener("pulse", (event) => pulse(event.detail.data));
    stream.addEventListener("over", () => location.reload()); // the shift is over: the reload asks for a log-in
    stream.addEventListener("aside", () => { // too many pages of this log-in: the newest go on, this one when looked at
      aside = true;
      stream.remove();
      lost();
      document.addEventListener("visibilitychange", () => { if (!document.hidden) location.reload(); });
      window.addEventListener("focus", () => location.reload());
    });
    document.addEventListener("htmx:sse:error", (event) => {
      lost();
      if (event.detail?.status === 401) location.reload();
    });
    document.addEventListener("htmx:sse:close", lost);
    document.addEventListener("htmx:sse:before:connection", (event) => { if (event.detail?.connection?.attempt > 0) lost(); });
    // the very first connection is htmx's own request: if that fails there is no stream to come back
    setTimeout(() => { if (lastPulse === -Infinity) setLive("lost"); }, 6000);
    setInterval(() => {
      if (aside) return;
      if (lastPulse === -Infinity ? performance.now() > 20000 : performance.now() - lastPulse > 20000) retry();
    }, 5000);
  }
  const retry = () => fetch("/healthz", { cache: "no-store" }).then((r) => { if (r.ok || r.headers.get("X-Menshen-Page") === "last") location.reload(); }, () => {});

  // ---- the clock and the ages run here, on the house's hour
  const now = () => (hour ? hour.house + (performance.now() - hour.here) : Date.now());
  const age = (ms) => {
    const s = Math.max(0, Math.round(ms / 1000));
    const [unit, seconds] = s < 60 ? [0, 1] : s < 3600 ? [1, 60] : s < 48 * 3600 ? [2, 3600] : [3, 86400];
    return AGES[unit].replace("{n}", Math.floor(s / seconds));
  };
  const two = (n) => String(n).padStart(2, "0");
  const left = (s) => (s < 120 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))} h`);
  const write = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const times = document.getElementsByTagName("time"); // kept by the browser: a board of 40,000 elements is not searched
  const tick = () => {
    if (expects && performance.now() - lastPulse > SILENT_MS) lost();
    const at = now();
    if (hour && page.dataset.live === "yes") {
      write(document.getElementById("clock"), new Date(at + hour.offset).toISOString().slice(11, 19));
    }
    for (const node of times) {
      if (node.dataset.since) write(node, age(at - Date.parse(node.dataset.since)));
      else if (node.dataset.until) write(node, left(Math.max(0, Math.ceil((Date.parse(node.dataset.until) - at) / 1000))));
    }
    for (const node of page.matches(".board") ? [] : document.querySelectorAll("[data-fades]")) {
      const faded = at - Date.parse(node.dataset.since) > Number(node.dataset.fades) * 1000;
      if (node.hasAttribute("data-live-faded") !== faded) node.toggleAttribute("data-live-faded", faded);
    }
  };
  setInterval(tick, 500);

  // ---- sounds: tones made here, so that there is nothing to load and nothing to miss
  // [start s, length s, hertz, shape]: up = come in, three low = stop, two and two = look
  const SOUNDS = {
    admit: [[0, 0.12, 784, "sine"], [0.13, 0.22, 1175, "sine"]],
    refuse: [[0, 0.18, 196, "square"], [0.24, 0.18, 196, "square"], [0.48, 0.34, 165, "square"]],
    refer: [[0, 0.16, 659, "triangle"], [0.18, 0.16, 523, "triangle"], [0.42, 0.16, 659, "triangle"], [0.6, 0.2, 523, "triangle"]],
    read: [[0, 0.05, 1976, "sine"]],
    critical: [0, 1, 2, 3].flatMap((n) => [[n * 0.5, 0.24, 932, "sawtooth"], [n * 0.5 + 0.25, 0.24, 698, "sawtooth"]]),
  };
  const SHAKES = { read: [20], admit: [60], refuse: [250, 100, 250, 100, 400], refer: [120, 80, 120], critical: [500, 150, 500, 150, 500] };
  const button = document.getElementById("sound");
  let context = null;
  let muted = localStorage.getItem("menshen-muted") === "yes";
  const play = (name) => {
    page.dataset.lastSound = name;
    page.dataset.sounds = Number(page.dataset.sounds || 0) + 1;
    sound(name);
  };
  const sound = (name) => {
    if (muted) return;
    navigator.vibrate?.(SHAKES[name]);
    if (!context || context.state !== "running") return;
    for (const [start, length, hertz, shape] of SOUNDS[name]) {
      const tone = context.createOscillator();
      const gain = context.createGain();
      const at = context.currentTime + start;
      tone.type = shape;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(shape === "sine" ? 0.5 : 0.25, at + 0.01);
      gain.gain.setValueAtTime(shape === "sine" ? 0.5 : 0.25, at + length - 0.03);
      gain.gain.linearRampToValueAtTime(0, at + length);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + length);
    }
  };
  const showSound = () => {
    if (!button) return;
    const ready = context?.state === "running";
    button.textContent = muted ? button.dataset.off : ready ? button.dataset.on : button.dataset.ask;
    button.classList.toggle("attention", !muted && !ready);
    button.setAttribute("aria-pressed", String(!muted && ready));
    button.hidden = !expects;
  };
  const unlock = () => { // browsers let a page sound only after a touch or a key
    context ??= new AudioContext();
    context.resume().then(showSound);
  };
  button?.addEventListener("click", () => {
    if (!muted && context?.state !== "running") { unlock(); return; }
    muted = !muted;
    localStorage.setItem("menshen-muted", muted ? "yes" : "no");
    if (!muted) unlock();
    showSound();
  });
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, (event) => { // not on the button: its click would find sound on, and mute it
      if (!muted && !context && event.target !== button) unlock();
    });
  }
  showSound();

  // ---- what is new on the page rings once
  let lastAnswer = null;
  let lastRing = "";
  let wasPending = false;
  let swapped = -Infinity; // when one person who waits took another's place on the screen
  let touched = -Infinity;
  for (const kind of ["pointerdown", "touchmove", "wheel", "keydown"]) {
    document.addEventListener(kind, () => { touched = performance.now(); }, { passive: true });
  }
  const reveal = (panel) => { // on a phone the list may have been scrolled to; not under a finger that is at work
    const box = panel.getBoundingClientRect();
    const field = document.activeElement?.matches("input, textarea, select");
    if (field || performance.now() - touched < LEFT_ALONE_MS || (box.top >= 0 && box.bottom <= innerHeight)) return;
    const tall = box.height > innerHeight; // its words come first; where they are seen the fire button stays in sight too
    if (tall && box.top >= 0 && box.top < innerHeight * 0.3) return;
    panel.scrollIntoView({ block: tall ? "start" : "nearest" });
  };
  const look = (quietly) => {
    const answer = document.querySelector("[data-sound]");
    const key = answer?.dataset.key ?? null;
    if (key !== lastAnswer) {
      lastAnswer = key;
      const pending = answer?.classList.contains("pending") ?? false;
      if (pending && wasPending) swapped = performance.now();
      wasPending = pending;
      if (answer && !quietly) {
        reveal(answer);
        document.dispatchEvent(new Event("menshen:new"));
        play(answer.dataset.sound);
        if (!muted) {
          const tones = SOUNDS[answer.dataset.sound];
          const after = Math.max(...tones.map(([start, length]) => start + length)); // words come when the tones are over
          const detail = { words: answer.dataset.say, recorded: answer.dataset.recorded, context, after };
          document.dispatchEvent(new CustomEvent("menshen:answer", { detail }));
        }
        answer.classList.remove("fresh");
        void answer.offsetWidth; // begin the flash anew even if it still runs
        answer.classList.add("fresh");
      }
    }
    const ring = document.querySelector("[data-ring]")?.dataset.ring ?? "";
    if (ring !== lastRing) {
      lastRing = ring;
      if (ring && !quietly) play("critical");
    }
  };
  look(true);
  document.addEventListener("htmx:after:swap", () => { look(false); tick(); });
  new MutationObserver(() => { // a notice is read and then goes
    clearTimeout(noticeTimer);
    noticeTimer = setTimeout(() => { notice.textContent = ""; }, 6000);
  }).observe(notice, { childList: true });

  document.addEventListener("menshen:read", () => { // a code was read on this page; its answer follows
    page.dataset.reads = Number(page.dataset.reads || 0) + 1;
    sound("read");
  });

  // ---- the menu behind "More": closed by Escape, and by a tap beside it
  const menu = document.querySelector("[data-menu]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu?.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("pointerdown", (event) => { if (menu?.open && !menu.contains(event.target)) menu.open = false; });

  // ---- small conveniences
  for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
  for (const form of document.querySelectorAll("[data-submit-on-change]")) form.addEventListener("change", () => form.requestSubmit());

  // ---- a press whose answer was lost is the same press when it comes again, also after a reload: the house does it once
  const AGAIN_MS = 5 * 60000;
  const unanswered = () => JSON.parse(sessionStorage.getItem("menshen-pressed") ?? "[]").filter(({ at }) => Date.now() - at < AGAIN_MS);
  const keepUnanswered = (presses) => sessionStorage.setItem("menshen-pressed", JSON.stringify(presses));
  const pressOf = (form, fields) => {
    const what = JSON.stringify([form.action, ...[...fields].filter(([name]) => name !== "csrf" && name !== "order")]);
    const before = unanswered();
    const same = before.find((press) => press.what === what);
    if (same) return same.id;
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    keepUnanswered([...before, { what, id, at: Date.now() }]);
    return id;
  };
  const wasAnswered = (id) => keepUnanswered(unanswered().filter((press) => press.id !== id));

  // ---- buttons of the lists. Not by htmx: it drops the answer when the stream has taken the form away before it comes
  const send = async (form, button) => {
    const fields = new URLSearchParams(new FormData(form));
    if (button?.name) fields.append(button.name, button.value);
    const press = pressOf(form, fields);
    fields.set("order", press);
    if (button) button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "HX-Request": "true" } });
      const text = await answer.text();
      if (answer.status < 500) wasAnswered(press); // the next press is another one
      if (answer.headers.get("Content-Type")?.startsWith("text/html")) notice.innerHTML = text;
      else notice.textContent = text;
    } catch {
      notice.textContent = notice.dataset.failed;
      lost();
    } finally {
      if (button) button.disabled = false;
    }
  };
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-send]")) return;
    event.preventDefault();
    if (event.target.closest(".panel.pending") && performance.now() - swapped < TOO_SOON_MS) {
      notice.textContent = notice.dataset.changed;
      return;
    }
    send(event.target, event.submitter);
    const details = event.target.closest("details"); // what was sent is put away, so that the list can move on
    if (details) details.open = false;
  });
  tick();
})();
