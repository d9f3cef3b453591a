// kafkajs. There is no broker of Kafka to be had here: one that stands in for it speaks its protocol, so that what this shows
// is how the library is seen, and not how a broker behaves.
import { join } from "node:path";
import { expect, it } from "vitest";
import type { SpanSeen } from "./agent-listener.js";
import { runBoth } from "./run-both.js";

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

it("what kafkajs sends is a span of who asked, and working on it another in the same trace", async () => {
  const { plain, recorded, program } = await runBoth([join(import.meta.dirname, "../programs/messaging/kafkajs.cjs")]);
  const sorted = (out: string): string[] => out.split("\n").toSorted();
  expect({ ...recorded, out: sorted(recorded.out) }).toEqual({ ...plain, out: sorted(plain.out) });
  expect([plain.code, plain.err]).toEqual([0, ""]);
  expect(program.events.filter(({ name }) => name === "hindcast.agent.fault")).toEqual([]);

  const spans = program.spans.filter(({ attributes }) => attributes["messaging.system"] === "kafka");
  const line = ({ kind, name, status, attributes }: SpanSeen): string =>
    `${kind} ${name} ${status}${status === "error" ? ` ${text(attributes["error.type"])}` : ""}`;
  const times = (count: number, one: string): string[] => Array.from({ length: count }, () => one);
  expect(spans.map(line).toSorted()).toEqual(
    [
      ...times(20, "producer send orders unset"),
      ...times(20, "consumer process orders unset"),
      ...times(2, "producer send refused error TOPIC_AUTHORIZATION_FAILED"),
      ...["consumer process orders error Error", "producer send orders error KafkaJSNonRetriableError"],
      ...["producer send batches unset", "consumer process batches unset"],
    ].toSorted(),
  );
  const by = (spanId: string | undefined): SpanSeen | undefined => program.spans.find((span) => span.spanId === spanId);
  const pathOf = (span: SpanSeen | undefined): string => text(by(span?.parentSpanId)?.attributes["url.path"]);
  const numbers = program.logs.flatMap(({ body, span }) => {
    const [, what, number] = /^(begins|has done) order (\d+)$/.exec(body) ?? [];
    if (number === undefined) return [];
    const within = program.spans.find((each) => each.number === span);
    const sender = by(within?.parentSpanId);
    expect([body, sender?.kind, within?.traceId === sender?.traceId]).toEqual([body, "producer", true]);
    expect(pathOf(sender)).toBe(`/ask/${number}`);
    return [`${what ?? ""} ${number}`];
  });
  expect(new Set(numbers).size).toBe(40);
  const worked = spans.find((span) => span.name === "process orders" && span.status === "unset");
  expect(worked?.attributes).toMatchObject({
    "messaging.operation.type": "process",
    "messaging.consumer.group.name": "one by one",
    "messaging.destination.partition.id": "0",
    "messaging.kafka.offset": 0,
  });
  const batch = spans.find(({ name }) => name === "process batches");
  expect(batch?.attributes["messaging.batch.message_count"]).toBe(2);
  // One of them has a header of the program's own: they are of two.
  expect(by(batch?.parentSpanId)).toBeUndefined();
});
