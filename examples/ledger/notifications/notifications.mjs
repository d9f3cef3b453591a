// Tells owners what came in: takes messages from payments, keeps feeds, answers who waits. Built on node:http alone.
import { createServer } from "node:http";
import { HttpError } from "../common/http-error.mjs";
import { createLog, requestIdOf } from "../common/log.mjs";
import { serve } from "../common/service.mjs";
import { Feeds } from "./feeds.mjs";
import { rendered } from "./render.mjs";

const log = createLog("notifications");
const feeds = new Feeds();
const longestWatchMs = 5000;

/** After the answer: whoever sent it does not wait for that. */
const renderSoon = (message, requestLog) =>
  setImmediate(() => {
    feeds.add(message.account, rendered(message));
    requestLog.info({ message: message.id, account: message.account }, "notified");
  });

const routes = [
  {
    method: "POST",
    path: /^\/messages$/,
    async answer({ request, requestLog }) {
      const message = JSON.parse(await textOf(request));
      if (typeof message.account !== "string") throw new HttpError(422, "a message is for an account");
      renderSoon(message, requestLog);
      return { status: 202, body: {} };
    },
  },
  {
    method: "GET",
    path: /^\/feeds\/([^/]+)$/,
    answer: async ({ account }) => ({ status: 200, body: feeds.of(account) }),
  },
  {
    method: "GET",
    path: /^\/feeds\/([^/]+)\/next$/,
    async answer({ account, url }) {
      const ms = Math.min(longestWatchMs, Number(url.searchParams.get("ms") ?? 1000));
      const notification = await feeds.next(account, ms);
      return notification === undefined ? { status: 204 } : { status: 200, body: notification };
    },
  },
];

async function textOf(request) {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  return text;
}

async function answerTo(request, requestLog) {
  const url = new URL(request.url, "http://notifications");
  for (const { method, path, answer } of routes) {
    const match = request.method === method ? path.exec(url.pathname) : null;
    if (match !== null) return answer({ request, requestLog, url, account: decodeURIComponent(match[1] ?? "") });
  }
  throw new HttpError(404, `no ${request.method} ${url.pathname}`);
}

const server = createServer(async (request, response) => {
  const requestLog = log.child({ requestId: requestIdOf(request.headers) });
  /** @type {{ status: number, body?: unknown }} */
  const { status, body } = await answerTo(request, requestLog).catch((error) => {
    requestLog.warn({ err: error }, "message refused");
    return { status: error.status ?? 400, body: { error: error.message } };
  });
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === undefined ? undefined : JSON.stringify(body));
  requestLog.info({ method: request.method, path: request.url, status }, "request completed");
});

const { REDIS_URL } = process.env;
const taking = REDIS_URL
  ? (await import("../common/redis-list.mjs")).takeFromQueue(REDIS_URL, ({ message, requestId }) =>
      renderSoon(message, log.child({ requestId })),
    )
  : undefined;
await serve("notifications", server, () => taking?.close());
