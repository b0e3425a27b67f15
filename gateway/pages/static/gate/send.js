// A code's text in, to the house with it; what went wrong on the way out. The answer itself comes by the page's stream.

const post = async (address, options, failed) => {
  try {
    const answer = await fetch(address, { method: "POST", ...options });
    return { ok: answer.ok, text: words(await answer.text()) || failed };
  } catch {
    return { ok: false, text: failed };
  }
};

/** The words of the notice the gateway answers with. */
const words = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();

/** `settings`: the data of #scan. Codes are sent one after the other, in the order they were read. */
export const sender = (settings) => {
  let last = Promise.resolve();
  const inTurn = (work) => (last = last.then(work, work));
  return {
    code: (text) => {
      document.dispatchEvent(new Event("menshen:read"));
      const body = new URLSearchParams({ csrf: settings.csrf, lane: settings.lane, text });
      return inTurn(() => post("/guard/code", { body, headers: { "HX-Request": "true" } }, settings.failed));
    },
    typed: (text) => {
      document.dispatchEvent(new Event("menshen:read"));
      const body = new URLSearchParams({ csrf: settings.csrf, lane: settings.lane, text });
      return inTurn(() => post("/guard/typed", { body, headers: { "HX-Request": "true" } }, settings.failed));
    },
    photo: (jpeg) => {
      const headers = { "HX-Request": "true", "X-Menshen-Form": settings.csrf, "Content-Type": "image/jpeg" };
      const address = `/guard/photo?${new URLSearchParams({ lane: settings.lane })}`;
      return inTurn(() => post(address, { body: jpeg, headers }, settings.failed));
    },
  };
};
