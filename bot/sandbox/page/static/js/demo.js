/** The demo supervisor's API (docs/page.md): there only when the sandbox runs as `make demo`. */

const ROOT = "/_demo/v1";

async function ask(path, body) {
  try {
    const response = await fetch(`${ROOT}/${path}`, body === undefined ? {} : {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null; // the supervisor is not there: nothing to show, nothing to press
  }
}

export const demo = {
  status: () => ask("status"),
  requests: (after) => ask(`requests?after=${after}`),
  setFaults: (faults) => ask("faults", faults),
  bot: (action) => ask("bot", { action }),
};
