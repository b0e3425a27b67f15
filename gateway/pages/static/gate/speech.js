// The words of an answer in, spoken out; only by a voice that lives on this device, for words go to no server.

const LANGUAGE = document.body.dataset.lang === "zh" ? /^(zh|cmn)/i : /^en/i;

const voice = () => {
  const local = speechSynthesis.getVoices().filter((each) => each.localService && LANGUAGE.test(each.lang));
  return local.find((each) => /^(zh|cmn)[-_](Hans[-_])?CN/i.test(each.lang)) ?? local[0];
};

export const speak = (words) => {
  const by = "speechSynthesis" in window ? voice() : undefined;
  document.body.dataset.spoken = by ? words : "";
  if (!by) return;
  speechSynthesis.cancel(); // the newest answer is the one that counts
  const said = new SpeechSynthesisUtterance(words);
  said.voice = by;
  said.lang = by.lang;
  speechSynthesis.speak(said);
};
