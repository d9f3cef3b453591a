// Jobs of BullMQ: a span of kind producer for what adds them, one of kind consumer for working on each, in one trace: what goes
// with a job is in bullmq-carried.ts, and a process knows of what it added itself. BullMQ passes all it does by a method made for
// tracers, whose callback's promise it waits for itself.
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { failureAttributes } from "../attributes.js";
import { DuringCall } from "../during-call.js";
import { copyOf, dataProperty, isFunction, isObject, prototypeOf, textProperty } from "../own-data.js";
import { passFor, replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { OpenSpan, SpanParent } from "../record-sink.js";
import { carryTraces } from "./bullmq-carried.js";

/** As BullMQ counts kinds of spans. */
const kinds = { producer: 3, consumer: 4 } as const;
/** Of jobs that were added here, so many can be found again when they are worked on. */
const mostJobs = 10_000;
/** Errors by which a job says that it is to be done later. */
const putOff = /^(?:Delayed|Waiting|WaitingChildren|RateLimit)Error$/;
const { then } = Promise.prototype;
const { now } = Date;

/** Is being added; the job's time is taken between these. */
interface Adding {
  readonly span: OpenSpan;
  readonly queue: string;
  readonly names: readonly string[];
  readonly fromMs: number;
  untilMs: number;
}

export function installBullmq(kit: ProbeKit): () => void {
  const { guest, context, sink, onModule } = kit;
  /** Of jobs that say it themselves. */
  const parents = new WeakMap<object, SpanParent>();
  const added = new Map<string, OpenSpan>();
  const adding = new Set<Adding>();
  const failures = new WeakMap<object, unknown>();
  /** What is passed to the tracer's method next. */
  const [names, job] = [new DuringCall<readonly string[]>(), new DuringCall<object>()];

  const noteAdded = (queue: string, result: unknown, span: OpenSpan): Record<string, AttributeValue> => {
    const jobs = Array.isArray(result) ? copyOf(result) : [jobIn(result)];
    const ids = jobs.flatMap((each) => (isObject(each) ? (textProperty(each, "id") ?? []) : []));
    for (const id of ids) {
      const [oldest] = added.keys();
      if (added.size >= mostJobs && oldest !== undefined) added.delete(oldest);
      added.set(`${queue} ${id}`, span);
    }
    return ids.length === 1
      ? { "messaging.message.id": ids[0] ?? "" }
      : { "messaging.batch.message_count": jobs.length };
  };

  /** The span that added this job here, unless it may have been another. */
  const adderOf = (queue: string, of: object): SpanParent => {
    const key = `${queue} ${textProperty(of, "id") ?? ""}`;
    const [name, timestamp] = [textProperty(of, "name") ?? "", dataProperty(of, "timestamp")];
    const isIt = (one: Adding): boolean =>
      one.queue === queue &&
      one.names.includes(name) &&
      typeof timestamp === "number" &&
      timestamp >= one.fromMs &&
      timestamp <= one.untilMs;
    const maybe = added.has(key) ? [] : [...adding].filter(isIt);
    const span = added.get(key) ?? (maybe.length === 1 ? maybe[0]?.span : undefined);
    return span === undefined ? { kind: "none" } : { kind: "remote", traceId: span.traceId, spanId: span.spanId };
  };

  const produce = (queue: string, operation: string, work: () => unknown): unknown => {
    const span = guest.runAsGuest(() => {
      const attributes = attributesOf(queue, operation, "send");
      return sink.startSpan(`${operation} ${queue}`, "producer", context.asParent, attributes);
    }, undefined);
    if (span === undefined) return work();
    const one: Adding = { span, queue, names: names.current ?? [], fromMs: now(), untilMs: Infinity };
    adding.add(one);
    const result = context.run(span, work);
    one.untilMs = now();
    whenSettled(
      result,
      (value) => {
        adding.delete(one);
        sink.endSpan(span, "unset", undefined, noteAdded(queue, value, span));
      },
      (error) => {
        adding.delete(one);
        sink.endSpan(span, "error", undefined, failureAttributes(error));
      },
    );
    return result;
  };

  const consume = (queue: string, of: object, work: () => unknown): unknown => {
    const span = guest.runAsGuest(() => {
      const attributes = attributesOf(queue, "process", "process");
      attributes["messaging.message.id"] = textProperty(of, "id") ?? "";
      attributes["messaging.bullmq.job.name"] = textProperty(of, "name") ?? "";
      return sink.startSpan(`process ${queue}`, "consumer", parents.get(of) ?? adderOf(queue, of), attributes);
    }, undefined);
    if (span === undefined) return work();
    const result = context.run(span, work);
    const end = (): void => {
      const failure = failures.get(of);
      failures.delete(of);
      if (failure === undefined) sink.endSpan(span, "unset", undefined, {});
      else sink.endSpan(span, "error", undefined, failureAttributes(failure));
    };
    whenSettled(result, end, end);
    return result;
  };

  /** BullMQ has what it hands on waited for by itself: nothing becomes handled by our looking. */
  const whenSettled = (result: unknown, done: (value: unknown) => void, failed: (error: unknown) => void): void => {
    if (!isObject(result) || !isFunction(dataProperty(result, "then"))) return done(result);
    const asGuest = (work: (value: unknown) => void) => (value: unknown) =>
      guest.runAsGuest(() => work(value), undefined);
    void Reflect.apply(then, result, [asGuest(done), asGuest(failed)]);
  };

  const patchBase = (base: object): (() => void) =>
    replaceMethod(
      base,
      "trace",
      (trace) =>
        function (...args) {
          const [kind, operation, , callback, ...rest] = args;
          const queue = isObject(this) ? textProperty(this, "name") : undefined;
          if (queue === undefined || !isFunction(callback)) return Reflect.apply(trace, this, args);
          const of = kind === kinds.consumer ? job.current : undefined;
          const inSpan = (...given: unknown[]): unknown => {
            const work = (): unknown => Reflect.apply(callback, undefined, given);
            if (of !== undefined) return consume(queue, of, work);
            return kind === kinds.producer ? produce(queue, String(operation), work) : work();
          };
          // How many arguments it takes says what it is to be given.
          passFor(inSpan, callback);
          return Reflect.apply(trace, this, [kind, operation, args[2], inSpan, ...rest]);
        },
    );
  const patchWorker = (worker: object): (() => void) =>
    together([
      replaceMethod(
        worker,
        "processJob",
        job.of((_, [of]) => (isObject(of) ? of : undefined)),
      ),
      replaceMethod(
        worker,
        "handleFailed",
        (fail) =>
          function (...args) {
            const [error, of] = args;
            const isPutOff = isObject(error) && putOff.test(textProperty(error, "name") ?? "");
            if (isObject(of) && !isPutOff) failures.set(of, error);
            return Reflect.apply(fail, this, args);
          },
      ),
    ]);
  const namingJobs = (queue: object, method: string, namesIn: (args: unknown[]) => readonly string[]): (() => void) =>
    replaceMethod(
      queue,
      method,
      names.of((_, args) => guest.runAsGuest(() => namesIn(args), [])),
    );
  const file = (name: string): string => `bullmq/dist/cjs/classes/${name}.js`;
  return together([
    carryTraces(kit, (job, parent) => parents.set(job, parent)),
    onModule(guest, file("queue-base"), (exports) => patchBase(prototypeOf(dataProperty(exports, "QueueBase")))),
    onModule(guest, file("worker"), (exports) => patchWorker(prototypeOf(dataProperty(exports, "Worker")))),
    onModule(guest, file("queue"), (exports) => {
      const queue = prototypeOf(dataProperty(exports, "Queue"));
      return together([
        namingJobs(queue, "add", ([name]) => (typeof name === "string" ? [name] : [])),
        namingJobs(queue, "addBulk", ([jobs]) => (Array.isArray(jobs) ? copyOf(jobs).flatMap(nameIn) : [])),
      ]);
    }),
  ]);
}

const nameIn = (job: unknown): readonly string[] => {
  const name = isObject(job) ? textProperty(job, "name") : undefined;
  return name === undefined ? [] : [name];
};

/** A flow is handed out as its topmost job with those below it. */
function jobIn(result: unknown): unknown {
  const job = isObject(result) ? dataProperty(result, "job") : undefined;
  return isObject(job) ? job : result;
}

const attributesOf = (queue: string, operation: string, type: string): Record<string, AttributeValue> => ({
  "messaging.system": "bullmq",
  "messaging.destination.name": queue,
  "messaging.operation.name": operation,
  "messaging.operation.type": type,
});
