// Asking another service, in the two ways programs do: fetch, and node:http with an agent that keeps connections. Both give
// up after a while, and pass the id of the request on.
import { Agent, request } from "node:http";
import { HttpError } from "./http-error.mjs";

/**
 * @typedef {{ method?: string, body?: unknown, requestId: string, timeoutMs?: number }} Question
 * @typedef {{ status: number, body: any }} Answer
 */

/** @param {Question} question */
const headersOf = ({ body, requestId }) => ({
  "x-request-id": requestId,
  ...(body === undefined ? {} : { "content-type": "application/json" }),
});

const read = (status, text) => ({ status, body: text === "" ? undefined : JSON.parse(text) });

/** @param {string} url @param {Question} question @returns {Promise<Answer>} */
export async function askByFetch(url, question) {
  const { method = "GET", body, timeoutMs = 2000 } = question;
  try {
    const response = await fetch(url, {
      method,
      headers: headersOf(question),
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return read(response.status, await response.text());
  } catch (error) {
    throw unreachable(url, error);
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** @param {string} url @param {Question} question @returns {Promise<Answer>} */
export function askByHttp(url, question) {
  const { method = "GET", body, timeoutMs = 2000 } = question;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const call = request(url, { agent, method, headers: headersOf(question), signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part) => (text += part));
      response.on("end", () => resolve(read(response.statusCode, text)));
      response.on("error", (error) => reject(unreachable(url, error)));
    });
    call.on("error", (error) => reject(unreachable(url, error)));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The answer as it is, or what was wrong with it as an error to answer with. */
export function bodyOf({ status, body }) {
  if (status < 400) return body;
  throw new HttpError(status, body?.error ?? `answered ${status}`);
}

function unreachable(url, error) {
  const isLate = error.name === "TimeoutError" || error.name === "AbortError";
  const { host } = new URL(url);
  return new HttpError(isLate ? 504 : 502, `${host} ${isLate ? "did not answer in time" : "cannot be reached"}`, {
    cause: error,
  });
}
