// The guard's page of one lane: every way a code can be read on it, brought together.

import { Camera } from "./camera.js";
import { readPhoto } from "./photo.js";
import { sender } from "./send.js";
import { speak } from "./speech.js";
import { readTyped } from "./typed.js";
import { listen } from "./wedge.js";

const byId = (id) => document.getElementById(id);

document.addEventListener("menshen:answer", (event) => speak(event.detail));

const begin = (scan) => {
  const words = scan.dataset;
  const send = sender(words);
  const say = (text) => { byId("scan-said").textContent = text; };
  const shown = async (sending) => {
    const { ok, text } = await sending;
    say(ok ? "" : text); // the answer to a code that arrived fills the screen
    return ok;
  };

  listen(byId("listening"), (read) => {
    if (read.kind === "code") shown(send.code(read.text));
    else say(read.kind === "cut" ? words.cut : words.noise);
  });
  startCamera(words, say, (text) => shown(send.code(text)));
  takePhotos(words, say, (file) => shown(readPhoto(file, send)));
  takeTyped(byId("typed"), ({ kind, text }) => shown(kind === "code" ? send.code(text) : send.typed(text)), () => byId("scan-said").textContent);
};

const startCamera = (words, say, found) => {
  const [button, torch] = [byId("camera"), byId("torch")];
  if (!navigator.mediaDevices?.getUserMedia) return; // a page without a certificate gets none; photos are left
  const camera = new Camera(byId("view"), found);
  const show = () => {
    button.setAttribute("aria-pressed", String(camera.on));
    button.querySelector("span").textContent = camera.on ? button.dataset.on : button.dataset.off;
    torch.hidden = !(camera.on && camera.hasTorch);
    document.body.classList.toggle("with-camera", camera.on);
  };
  const light = async (on) => {
    await camera.torch(on);
    torch.setAttribute("aria-pressed", String(on));
    localStorage.setItem("menshen-torch", on ? "yes" : "no");
  };
  const start = async () => {
    try {
      await camera.start();
      say("");
      document.body.classList.add("with-camera");
      camera.view.scrollIntoView({ block: "nearest" }); // on a phone it stands above the answer now
      if (camera.hasTorch && localStorage.getItem("menshen-torch") === "yes") await light(true);
    } catch (problem) {
      camera.stop();
      say(problem.name === "NotAllowedError" ? words.denied : words.none);
    }
    show();
  };
  button.hidden = false;
  button.addEventListener("click", () => (camera.on ? camera.stop() : start()));
  torch.addEventListener("click", () => light(torch.getAttribute("aria-pressed") !== "true"));
  camera.view.addEventListener("stopped", show);
};

const takePhotos = (words, say, read) => {
  byId("photo").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    say(words.reading);
    try {
      await read(file);
    } catch {
      say(words.failed);
    } finally {
      event.target.value = ""; // the same photo again is a new question
      event.target.blur(); // and the scanner is listened to
    }
  });
};

const takeTyped = (form, read, refused) => {
  const [field, said, button] = [byId("typed-text"), byId("typed-said"), byId("typed-send")];
  const look = () => {
    const { kind, state, missing } = readTyped(field.value);
    const words = form.dataset;
    const verdict = { complete: words[kind], other: words.other, incomplete: words.incomplete, slip: words.slip };
    const more = missing ? ` · ${words.missing}${missing}` : "";
    said.textContent = field.value.trim() === "" ? "" : verdict[state] + more;
    said.dataset.state = state;
    button.disabled = state !== "complete";
  };
  field.addEventListener("input", look);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(); // a pass has one line
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    const done = await read(readTyped(field.value));
    if (done) {
      field.value = "";
      field.blur();
    }
    look();
    if (!done) said.textContent = refused(); // beside what was typed, where the guard looks
  });
};

const scan = byId("scan");
if (scan) begin(scan);
