// A photo in, the text of the one code in it out; for pages without a certificate, which get no live camera.
// Read here if this browser can, else by the gateway, which looks harder and keeps nothing.

import { textsIn } from "./reader.js";

const SIDES = [2048, 1024]; // pixels; a smaller picture takes the grid of a screen away
const SENT_SIDE = 2048;

const scaled = (image, side) => {
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
};

const readHere = async (image) => {
  for (const side of SIDES) {
    const found = await textsIn(scaled(image, side));
    if (found.length > 0) return found;
  }
  return [];
};

/** The answer of `send`, by whichever way the code was read. Rejects where the file is no picture. */
export const readPhoto = async (file, send) => {
  const image = await createImageBitmap(file);
  const found = await readHere(image).catch(() => []); // no reader here: the gateway has one
  if (found.length === 1) return send.code(found[0]);
  const jpeg = await new Promise((done) => scaled(image, SENT_SIDE).toBlob(done, "image/jpeg", 0.85));
  return send.photo(jpeg);
};
