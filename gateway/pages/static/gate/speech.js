// The words of an answer in, spoken out: by a voice that lives on this device, for words go to no server; where there is
// none, by the gateway's own recordings. The newest answer cuts the one before short.

const language = document.documentElement.lang.split("-")[0];
const WANTED = language === "zh" ? /^(zh|cmn)/i : new RegExp(`^${language}`, "i");
const kept = new Map(); // address -> what was fetched, for a gateway that restarts while somebody comes
let turn = 0;
let playing = [];

const voice = () => {
  const local = speechSynthesis.getVoices().filter((each) => each.localService && WANTED.test(each.lang));
  return local.find((each) => /^(zh|cmn)[-_](Hans[-_])?CN/i.test(each.lang)) ?? local[0];
};

const fetched = (address) => {
  if (!kept.has(address)) {
    const bytes = fetch(address).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(address))));
    bytes.catch(() => kept.delete(address)); // asked for again the next time
    kept.set(address, bytes);
  }
  return kept.get(address);
};

const hush = () => {
  if ("speechSynthesis" in window) speechSynthesis.cancel();
  for (const each of playing) each.stop();
  playing = [];
};

const told = (by, words) => {
  document.body.dataset.spoken = by ? words : "";
  document.body.dataset.spokenBy = by;
};

const speakBy = (by, words, seconds, mine) => {
  const said = new SpeechSynthesisUtterance(words);
  said.voice = by;
  said.lang = by.lang;
  setTimeout(() => { if (mine === turn) speechSynthesis.speak(said); }, seconds * 1000);
  told("voice", words);
};

const play = async (addresses, words, context, at, mine) => {
  try {
    const bytes = await Promise.all(addresses.map(fetched));
    const sounds = await Promise.all(bytes.map((each) => context.decodeAudioData(each.slice(0)))); // it empties what it gets
    if (mine !== turn) return;
    let start = Math.max(at, context.currentTime);
    for (const buffer of sounds) {
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(context.destination);
      source.start(start);
      start += buffer.duration + 0.1;
      playing.push(source);
    }
    told("recording", words);
  } catch {
    if (mine === turn) told("", words); // the tones and the screen have said it
  }
};

/** `context`: the page's AudioContext, null before somebody touched it; `after`: seconds the answer's tones take. */
export const speak = ({ words, recorded, context, after }) => {
  const mine = ++turn;
  hush();
  const by = "speechSynthesis" in window ? voice() : undefined;
  if (by) speakBy(by, words, after, mine);
  else if (recorded && context?.state === "running") play(recorded.split(" "), words, context, context.currentTime + after, mine);
  else told("", words);
};
