// A picture in, the texts of the QR codes in it out: ZXing-C++ as WebAssembly, from this gateway and nowhere else.
// Browsers' own readers are not asked: most have none, and on phones without Google's services theirs fails.

const HOME = "/static/vendor/barcode/";
let ready = null;

const load = () =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `${HOME}barcode-detector.js`;
    script.onload = () => done(window.BarcodeDetectionAPI);
    script.onerror = () => failed(new Error("the reader of codes did not come"));
    document.head.append(script);
  });

const prepare = async () => {
  const { BarcodeDetector, prepareZXingModule } = await load();
  // without this it asks a server on the internet
  await prepareZXingModule({ overrides: { locateFile: (name) => HOME + name }, fireImmediately: true });
  return new BarcodeDetector({ formats: ["qr_code"] });
};

/** A detector with `detect(source)`; loaded once, and again if that failed. */
export const reader = () => {
  ready ??= prepare().catch((problem) => {
    ready = null;
    throw problem;
  });
  return ready;
};

export const textsIn = async (source) => {
  const found = await (await reader()).detect(source);
  return [...new Set(found.map((code) => code.rawValue).filter((text) => text !== ""))];
};
