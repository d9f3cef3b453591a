// The trace that goes with a job of BullMQ to whichever process works on it: in the options that Redis keeps of it, where BullMQ's
// own tracers put theirs, and taken out again as the job is read, so that a recorded program sees it at neither end. A job
// that says so itself is left as it is.
import { dataProperty, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { SpanParent } from "../record-sink.js";
import { headerFromSpan, parentFromHeader } from "../trace-context.js";

/** What others write there begins otherwise; those who read W3C's headers find theirs. */
const carried = /^\{"hindcast":1,"traceparent":"([0-9a-f-]{55})"\}$/;
const textOf = (header: string): string => `{"hindcast":1,"traceparent":"${header}"}`;

/** `found` is told of a job that brings where working on it hangs. */
export function carryTraces(
  { guest, context, onModule, tracesTo }: Pick<ProbeKit, "guest" | "context" | "onModule" | "tracesTo">,
  found: (job: object, parent: SpanParent) => void,
): () => void {
  /** A copy that says it, of what is about to be written. */
  const saying = (backend: unknown, job: unknown): unknown => {
    const span = context.current;
    const opts = isObject(job) ? dataProperty(job, "opts") : undefined;
    if (span === undefined || !isObject(job) || !isObject(opts) || dataProperty(opts, "telemetry") !== undefined)
      return job;
    const host = hostOf(backend);
    if (host === undefined || !tracesTo(host)) return job;
    const value = { ...opts, telemetry: { metadata: textOf(headerFromSpan(span)) } };
    return Object.create(job, { opts: { value, enumerable: true, configurable: true, writable: true } });
  };
  const takeOut = (json: unknown): string | undefined => {
    const opts = isObject(json) ? dataProperty(json, "opts") : undefined;
    const telemetry = isObject(opts) ? dataProperty(opts, "telemetry") : undefined;
    const text = isObject(telemetry) ? textProperty(telemetry, "metadata") : undefined;
    const [, header] = carried.exec(text ?? "") ?? [];
    if (header !== undefined && isObject(opts)) Reflect.deleteProperty(opts, "telemetry");
    return header;
  };
  const file = (name: string): string => `bullmq/dist/cjs/classes/${name}.js`;
  return together([
    onModule(guest, file("redis-queue-backend"), (exports) =>
      replaceMethod(
        prototypeOf(dataProperty(exports, "RedisQueueBackend")),
        "addJobToTransaction",
        (add) =>
          function (client, job, ...rest) {
            const said = guest.runAsGuest(() => saying(this, job), job);
            return Reflect.apply(add, this, [client, said, ...rest]);
          },
      ),
    ),
    onModule(guest, file("job"), (exports) => {
      const jobs = dataProperty(exports, "Job");
      if (!isObject(jobs)) return () => undefined;
      return replaceMethod(
        jobs,
        "fromJSON",
        (read) =>
          function (queue, json, ...rest) {
            const header = guest.runAsGuest(() => takeOut(json), undefined);
            const job = Reflect.apply(read, this, [queue, json, ...rest]);
            if (header !== undefined && isObject(job)) found(job, parentFromHeader(header));
            return job;
          },
      );
    }),
  ]);
}

/** Undefined where that is not said plainly: of sentinels, clusters, addresses in one text. */
function hostOf(backend: unknown): string | undefined {
  const queue = isObject(backend) ? dataProperty(backend, "queue") : undefined;
  const opts = isObject(queue) ? dataProperty(queue, "opts") : undefined;
  const connection = isObject(opts) ? dataProperty(opts, "connection") : undefined;
  if (!isObject(connection)) return undefined;
  // Of ioredis itself, or what it is made with.
  const options = dataProperty(connection, "options");
  return textProperty(isObject(options) ? options : connection, "host");
}
