// An answer that is not what was asked for: thrown anywhere, answered in one place.
export class HttpError extends Error {
  constructor(status, message, options) {
    super(message, options);
    this.name = "HttpError";
    this.status = status;
  }
}

/** A whole number of cents, not negative. */
export function cents(value, name) {
  if (!Number.isSafeInteger(value) || value < 0) throw new HttpError(422, `${name} must be a whole number of cents`);
  return value;
}

/** express's last handler. */
export function answerError(error, request, response, _next) {
  const status = error.status ?? 500;
  if (status >= 500) request.log.error({ err: error, status }, "request failed");
  else request.log.warn({ status }, error.message);
  if (response.headersSent) response.end();
  else response.status(status).json({ error: error.message });
}
