// One logger a service. Lines of a request carry the id it came with.
import { randomUUID } from "node:crypto";
import { pino } from "pino";

export const createLog = (service) => pino({ name: service, level: process.env.LOG_LEVEL ?? "info" });

const validId = /^[\w.-]{1,64}$/;

export const requestIdOf = (headers) => {
  const given = headers["x-request-id"];
  return typeof given === "string" && validId.test(given) ? given : randomUUID();
};

/** For express: `request.id`, `request.log`, and one line when it has been answered. */
export const logRequests = (log) => (request, response, next) => {
  const started = performance.now();
  request.id = requestIdOf(request.headers);
  request.log = log.child({ requestId: request.id });
  response.once("finish", () => {
    const ms = Math.round(performance.now() - started);
    request.log.info(
      { method: request.method, path: request.path, status: response.statusCode, ms },
      "request completed",
    );
  });
  next();
};
