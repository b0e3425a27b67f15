// This device's camera in, codes held before it out: each once, and again when it was gone for three seconds, as with
// the gate's own cameras (devices/qr_camera.py). It runs on through every answer, and the torch stays as it was set.

import { reader, textsIn } from "./reader.js";

const GONE_MS = 3000;
const LOOKS_MS = 66; // fifteen a second

export class Held {
  #seen = new Map();

  /** The texts in view that were not a moment ago. */
  fresh(texts, ms) {
    for (const [text, at] of this.#seen) if (ms - at > GONE_MS) this.#seen.delete(text);
    const fresh = texts.filter((text) => !this.#seen.has(text));
    for (const text of texts) this.#seen.set(text, ms);
    return fresh;
  }
}

export class Camera {
  #held = new Held();
  #stream = null;
  #wake = null;

  constructor(view, found) {
    this.view = view;
    this.found = found;
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.on) this.#stayAwake(); });
  }

  get on() {
    return this.#stream !== null;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  /** Rejects with what the browser says: NotAllowedError, NotFoundError ... */
  async start() {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    const [stream] = await Promise.all([navigator.mediaDevices.getUserMedia({ video: wanted, audio: false }), reader()]);
    this.#stream = stream;
    this.view.srcObject = stream;
    this.view.hidden = false;
    this.#track.addEventListener("ended", () => this.stop()); // unplugged, or taken by another program
    await this.view.play();
    this.#stayAwake();
    this.#look();
  }

  stop() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.view.srcObject = null;
    this.view.hidden = true;
    this.#wake?.release();
    this.#wake = null;
    this.view.dispatchEvent(new Event("stopped"));
  }

  torch(on) {
    return this.#track.applyConstraints({ advanced: [{ torch: on }] });
  }

  async #look() {
    const mine = this.#stream;
    while (this.#stream === mine && mine !== null) {
      const begun = performance.now();
      if (this.view.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        for (const text of this.#held.fresh(await textsIn(this.view), begun)) this.found(text);
      }
      await new Promise((next) => setTimeout(next, Math.max(0, LOOKS_MS - (performance.now() - begun))));
    }
  }

  #stayAwake() {
    navigator.wakeLock?.request("screen").then((lock) => { this.#wake = lock; }, () => {}); // a full battery is no condition
  }
}
