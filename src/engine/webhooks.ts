// Webhooks that rules call by name: where each goes, in what shape, and signed with what is in a file of the user's; rules and recordings
// have neither addresses nor secrets. What cannot be delivered is tried again, ever later, and then given up with the reason.
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import type { ActionOutcome } from "../shared/protocol/alert-calls.js";
import type { Incident } from "./live-alerts.js";

const webhook = v.object({
  url: v.pipe(v.string(), v.url(), v.regex(/^https?:\/\//)),
  /** Signs what is sent. */
  secret: v.optional(v.pipe(v.string(), v.minLength(1))),
  /** What is on the other side. */
  shape: v.optional(v.picklist(["hindcast", "slack", "pagerduty"]), "hindcast"),
  /** PagerDuty's. */
  routingKey: v.optional(v.string()),
});
export type Webhook = v.InferOutput<typeof webhook>;
const webhooks = v.record(v.string(), webhook);

/** Between attempts, each longer than the one before; as many attempts and one more. */
const backOffMs = [1000, 4000, 16_000, 60_000];
const answersWithinMs = 10_000;
/** At once, of one engine; what comes while so many wait is given up. */
const mostWaiting = 100;

export interface ToSend {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `HMAC-SHA256(secret, timestamp + "." + body)`: who receives it knows who sent it, and when. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
}

/** What is sent of an incident. */
export function requestFor(
  { url, secret, shape, routingKey = "" }: Webhook,
  { alert, firing }: Incident,
  message: string,
  nowMs: number,
): ToSend {
  const { id, rule, severity, group, labels, count } = alert;
  const summary = message === "" ? (alert.message === "" ? rule : alert.message) : message;
  const groups = Object.entries(group).map(([name, value]) => `${name} ${value}`);
  const facts = { alert: id, rule, severity, group, labels, count, at: String(firing.at), message: summary };
  const bodies = {
    hindcast: facts,
    slack: { text: [`*${rule}* (${severity})`, ...groups, summary].join(": ") },
    pagerduty: {
      routing_key: routingKey,
      event_action: "trigger",
      dedup_key: id,
      payload: {
        summary: `${rule}: ${summary}`.slice(0, 1024),
        source: group["service"] ?? "hindcast",
        severity: { low: "info", medium: "warning", high: "error", critical: "critical" }[severity],
        custom_details: facts,
      },
    },
  } as const;
  const body = JSON.stringify(bodies[shape]);
  const timestamp = String(Math.floor(nowMs / 1000));
  const signed: Record<string, string> = {};
  if (secret !== undefined) signed["x-hindcast-signature"] = signatureOf(secret, timestamp, body);
  return { url, headers: { "content-type": "application/json", "x-hindcast-timestamp": timestamp, ...signed }, body };
}

export interface WebhooksAround {
  /** The user's file of them. */
  readonly path: string;
  readonly now?: () => number;
  /** Resolves after so long, or at once when it is over. */
  readonly wait?: (ms: number, over: AbortSignal) => Promise<void>;
}

export class Webhooks {
  readonly #around: WebhooksAround;
  readonly #over = new AbortController();
  #waiting = 0;

  constructor(around: WebhooksAround) {
    this.#around = around;
  }

  /** What became of it. Never rejects. */
  async call(name: string, incident: Incident, message: string): Promise<ActionOutcome> {
    const outcome = (done: boolean, what: string): ActionOutcome => ({ action: `webhook ${name}`, done, what });
    const known = await this.#known();
    if (typeof known === "string") return outcome(false, known);
    const hook = Object.hasOwn(known, name) ? known[name] : undefined;
    if (hook === undefined) return outcome(false, `${this.#around.path} has no webhook of this name`);
    if (this.#waiting >= mostWaiting) return outcome(false, `${mostWaiting} others wait to be delivered`);
    this.#waiting += 1;
    try {
      return await this.#deliver(hook, incident, message, outcome);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Nothing is tried again. */
  dispose(): void {
    this.#over.abort();
  }

  async #deliver(
    hook: Webhook,
    incident: Incident,
    message: string,
    outcome: (done: boolean, what: string) => ActionOutcome,
  ): Promise<ActionOutcome> {
    const { now = Date.now, wait = waitFor } = this.#around;
    for (let attempt = 1; ; attempt++) {
      const answer = await post(requestFor(hook, incident, message, now()));
      if (answer.isTaken) return outcome(true, answer.what);
      const pauseMs = backOffMs[attempt - 1];
      if (!answer.mayBeTriedAgain || pauseMs === undefined || this.#over.signal.aborted)
        return outcome(false, `${answer.what}, tried ${attempt === 1 ? "once" : `${attempt} times`}`);
      await wait(pauseMs, this.#over.signal);
    }
  }

  async #known(): Promise<Readonly<Record<string, Webhook>> | string> {
    const { path } = this.#around;
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) return `there is no ${path}`;
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), webhooks), text);
    if (read.success) return read.output;
    const where = v.getDotPath(read.issues[0]);
    return `${path} cannot be read${where === null ? "" : ` at ${where}`}`;
  }
}

interface Posted {
  readonly isTaken: boolean;
  readonly mayBeTriedAgain: boolean;
  readonly what: string;
}

/** Nobody is followed elsewhere: what is signed for one is for nobody else. */
async function post({ url, headers, body }: ToSend): Promise<Posted> {
  try {
    const signal = AbortSignal.timeout(answersWithinMs);
    const { status, body: answer } = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    await answer?.cancel();
    const isTaken = status >= 200 && status < 300;
    return {
      isTaken,
      mayBeTriedAgain: status >= 500 || status === 429 || status === 408,
      what: `it answered ${status}`,
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error ? ("code" in cause ? String(cause.code) : cause.message) : String(cause);
    return { isTaken: false, mayBeTriedAgain: true, what: `it could not be reached (${code})` };
  }
}

async function waitFor(ms: number, over: AbortSignal): Promise<void> {
  if (over.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      over.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    over.addEventListener("abort", end);
  });
}
