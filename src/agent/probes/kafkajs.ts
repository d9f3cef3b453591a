// Messages of kafkajs: a span of kind producer for what sends them, one of kind consumer for working on each, or on a batch. The
// trace travels in a header of each message, in a copy of what the program gave, where all brokers are on hosts that may know of it.
import { types } from "node:util";
import type { AttributeValue } from "../../shared/trace/attributes.js";
import { failureAttributes } from "../attributes.js";
import { PatchedCopies } from "../modules.js";
import { copyOf, dataProperty, isFunction, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import type { OpenSpan, SpanParent } from "../record-sink.js";
import { headerFromSpan, isTraceHeader, parentFromHeader, traceHeader } from "../trace-context.js";
import { hostFrom } from "./http-attributes.js";

const { then } = Promise.prototype;
/** Once there are so many, it is known what they are. */
const mostBrokers = 100;

export function installKafkajs({ guest, context, sink, onModule, tracesTo }: ProbeKit): () => void {
  const patched = new PatchedCopies();

  const settle = (span: OpenSpan, failure?: { readonly error: unknown }): void => {
    const attributes = failure === undefined ? {} : failedAttributes(failure.error);
    guest.runAsGuest(
      () => sink.endSpan(span, failure === undefined ? "unset" : "error", undefined, attributes),
      undefined,
    );
  };
  /** What it returns fails as that did, so that what nobody handles stays what nobody handles. */
  const inSpan = (span: OpenSpan, work: () => unknown): unknown => {
    const fail = (error: unknown): never => {
      settle(span, { error });
      throw error;
    };
    let result: unknown;
    try {
      result = context.run(span, work);
    } catch (error) {
      return fail(error);
    }
    const succeed = (value: unknown): unknown => {
      settle(span);
      return value;
    };
    return types.isPromise(result) ? Reflect.apply(then, result, [succeed, fail]) : succeed(result);
  };

  /** Brokers are known from what the producer has asked them, its connection's first words at least. */
  const patchSender = (sender: object, brokers: ReadonlySet<string>): (() => void) => {
    const sending = (method: string, topicsIn: TopicsIn, withTopics: WithTopics): (() => void) =>
      replaceMethod(
        sender,
        method,
        (send) =>
          function (...args) {
            const [given] = args;
            const begun = guest.runAsGuest(() => {
              const topics = isObject(given) ? topicsIn(given) : [];
              const attributes = sentAttributes(topics, brokers);
              const topic = attributes["messaging.destination.name"];
              const name = typeof topic === "string" ? `send ${topic}` : "send";
              const span = sink.startSpan(name, "producer", context.asParent, attributes);
              const mayTell = brokers.size > 0 && [...brokers].every((broker) => tracesTo(hostFrom(broker).name));
              if (!mayTell || !isObject(given)) return { span, given };
              const header = headerFromSpan(span);
              return {
                span,
                given: withTopics(
                  given,
                  topics.map((each) => withHeader(each, header)),
                ),
              };
            }, undefined);
            if (begun === undefined) return Reflect.apply(send, this, args);
            return inSpan(begun.span, () => Reflect.apply(send, this, [begun.given, ...args.slice(1)]));
          },
      );
    return together([
      sending(
        "send",
        (given) => [given],
        (_given, [topic]) => topic,
      ),
      sending(
        "sendBatch",
        (given) => listIn(given, "topicMessages"),
        (given, topicMessages) => ({ ...given, topicMessages }),
      ),
    ]);
  };

  const patchProducer = (producer: object): void => {
    const brokers = new Set<string>();
    const [listen, events] = [dataProperty(producer, "on"), dataProperty(producer, "events")];
    const request = isObject(events) ? textProperty(events, "REQUEST") : undefined;
    const note = (event: unknown): void => {
      const payload = isObject(event) ? dataProperty(event, "payload") : undefined;
      const broker = isObject(payload) ? textProperty(payload, "broker") : undefined;
      if (broker !== undefined && brokers.size < mostBrokers) brokers.add(broker);
    };
    const forget: unknown =
      isFunction(listen) && request !== undefined
        ? Reflect.apply(listen, producer, [
            request,
            (event: unknown) => void guest.runAsGuest(() => note(event), undefined),
          ])
        : undefined;
    const transaction = replaceMethod(
      producer,
      "transaction",
      (begin) =>
        function (...args) {
          const result = Reflect.apply(begin, this, args);
          if (!types.isPromise(result)) return result;
          return Reflect.apply(then, result, [
            (made: unknown) => {
              if (isObject(made)) guest.runAsGuest(() => patched.add(made, patchSender(made, brokers)), undefined);
              return made;
            },
          ]);
        },
    );
    const putBack = [
      transaction,
      patchSender(producer, brokers),
      () => void (isFunction(forget) && Reflect.apply(forget, undefined, [])),
    ];
    patched.add(producer, together(putBack));
  };

  const consume = (
    runner: object,
    work: (given: object) => { parent: SpanParent; attributes: Attributes } | undefined,
  ) => {
    const group = dataProperty(runner, "consumerGroup");
    const groupId = isObject(group) ? textProperty(group, "groupId") : undefined;
    return (handler: (this: unknown, ...given: unknown[]) => unknown) =>
      function (this: unknown, ...given: unknown[]): unknown {
        const [payload] = given;
        const span = guest.runAsGuest(() => {
          const found = isObject(payload) ? work(payload) : undefined;
          if (found === undefined) return undefined;
          const { attributes, parent } = found;
          if (groupId !== undefined) attributes["messaging.consumer.group.name"] = groupId;
          const topic = attributes["messaging.destination.name"];
          return sink.startSpan(
            typeof topic === "string" ? `process ${topic}` : "process",
            "consumer",
            parent,
            attributes,
          );
        }, undefined);
        const run = (): unknown => Reflect.apply(handler, this, given);
        return span === undefined ? run() : inSpan(span, run);
      };
  };
  /** The handlers that the program gave are the runner's own properties. */
  const patchRunner = (runner: unknown): void => {
    if (!isObject(runner) || patched.has(runner)) return;
    patched.add(
      runner,
      together([
        replaceMethod(runner, "eachMessage", consume(runner, aboutMessage)),
        replaceMethod(runner, "eachBatch", consume(runner, aboutBatch)),
      ]),
    );
  };
  const noticing = (prototype: object, method: string): (() => void) =>
    replaceMethod(
      prototype,
      method,
      (process) =>
        function (...args) {
          guest.runAsGuest(() => patchRunner(this), undefined);
          return Reflect.apply(process, this, args);
        },
    );

  return together([
    () => patched.putBack(),
    onModule(guest, "kafkajs/src/consumer/runner.js", (exports) => {
      const prototype = prototypeOf(exports);
      return together(["processEachMessage", "processEachBatch"].map((method) => noticing(prototype, method)));
    }),
    onModule(guest, "kafkajs/src/index.js", (exports) =>
      replaceMethod(
        prototypeOf(exports),
        "producer",
        (make) =>
          function (...args) {
            const producer = Reflect.apply(make, this, args);
            if (isObject(producer)) guest.runAsGuest(() => patchProducer(producer), undefined);
            return producer;
          },
      ),
    ),
  ]);
}

type Attributes = Record<string, AttributeValue>;
type TopicsIn = (given: object) => readonly unknown[];
type WithTopics = (given: object, topics: readonly unknown[]) => unknown;

const attributesOf = (operation: string, topic: string | undefined): Attributes => ({
  "messaging.system": "kafka",
  "messaging.operation.name": operation,
  "messaging.operation.type": operation,
  ...(topic === undefined ? {} : { "messaging.destination.name": topic }),
});

/** What the broker answered has a name of Kafka's own. */
function failedAttributes(error: unknown): Attributes {
  const type = isObject(error) ? textProperty(error, "type") : undefined;
  return { ...failureAttributes(error), ...(type === undefined ? {} : { "error.type": type }) };
}

function listIn(owner: object, key: string): readonly unknown[] {
  const found = dataProperty(owner, key);
  return Array.isArray(found) ? copyOf(found) : [];
}

/** Of several topics none is named. */
function sentAttributes(topics: readonly unknown[], brokers: ReadonlySet<string>): Attributes {
  const objects = topics.filter(isObject);
  const names = new Set(objects.map((topic) => textProperty(topic, "topic")));
  const attributes = attributesOf("send", names.size === 1 ? [...names][0] : undefined);
  const count = objects.reduce((sum, topic) => sum + listIn(topic, "messages").length, 0);
  if (count !== 1) attributes["messaging.batch.message_count"] = count;
  const [broker] = brokers;
  if (broker !== undefined && brokers.size === 1) {
    const { name, port } = hostFrom(broker);
    attributes["server.address"] = name;
    if (port !== undefined) attributes["server.port"] = port;
  }
  return attributes;
}

/** Messages without a value are refused, with all that is in them said: those are left as they are. */
function withHeader(topic: unknown, header: string): unknown {
  if (!isObject(topic) || !Array.isArray(dataProperty(topic, "messages"))) return topic;
  const messages = listIn(topic, "messages").map((message) => {
    if (!isObject(message) || dataProperty(message, "value") === undefined) return message;
    const headers = dataProperty(message, "headers");
    if (isObject(headers) && Object.keys(headers).some(isTraceHeader)) return message;
    return { ...message, headers: { ...(isObject(headers) ? headers : {}), [traceHeader]: header } };
  });
  return { ...topic, messages };
}

function aboutMessage(payload: object): { parent: SpanParent; attributes: Attributes } | undefined {
  const message = dataProperty(payload, "message");
  if (!isObject(message)) return undefined;
  const attributes = { ...attributesOf("process", textProperty(payload, "topic")), ...placeOf(payload) };
  const offset = Number(textProperty(message, "offset"));
  if (Number.isSafeInteger(offset)) attributes["messaging.kafka.offset"] = offset;
  return { parent: parentFromHeader(headerIn(message)), attributes };
}

/** Below what sent them, if one did all of it. */
function aboutBatch(payload: object): { parent: SpanParent; attributes: Attributes } | undefined {
  const batch = dataProperty(payload, "batch");
  if (!isObject(batch)) return undefined;
  const messages = listIn(batch, "messages");
  const headers = new Set(messages.map((message) => (isObject(message) ? headerIn(message) : undefined)));
  const attributes = { ...attributesOf("process", textProperty(batch, "topic")), ...placeOf(batch) };
  attributes["messaging.batch.message_count"] = messages.length;
  return { parent: headers.size === 1 ? parentFromHeader([...headers][0]) : { kind: "none" }, attributes };
}

function placeOf(owner: object): Attributes {
  const partition = dataProperty(owner, "partition");
  return typeof partition === "number" ? { "messaging.destination.partition.id": String(partition) } : {};
}

function headerIn(message: object): string | undefined {
  const headers = dataProperty(message, "headers");
  const value = isObject(headers) ? dataProperty(headers, traceHeader) : undefined;
  if (typeof value === "string") return value;
  return Buffer.isBuffer(value) && value.length < 256 ? Buffer.from(value).toString("latin1") : undefined;
}
