// What rules ask for when they fire, as far as it is done while a program runs: what is said is kept with the incident already.
import type { ActionOutcome } from "../shared/protocol/alert-calls.js";
import type { Incident } from "./live-alerts.js";
import type { Said } from "./live-rules.js";
import type { Webhooks } from "./webhooks.js";

export async function actOn(
  incident: Incident,
  actions: readonly Said[],
  webhooks: Webhooks,
): Promise<readonly ActionOutcome[]> {
  const calls = actions.flatMap(({ name, args: [hook, message] }) =>
    name === "webhook" && typeof hook === "string"
      ? [webhooks.call(hook, incident, typeof message === "string" ? message : "")]
      : [],
  );
  return Promise.all(calls);
}
