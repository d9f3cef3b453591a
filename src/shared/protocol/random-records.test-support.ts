// Records with random content, the same for the same seed.
import { randomFrom } from "../base/random.test-support.js";
import { type Attributes, type AttributeValue, spanKinds, spanStatuses } from "../trace/attributes.js";
import { seq } from "../trace/time.js";
import { type CapturedValue, type Entry, type ObjectContents, objectId } from "../trace/value.js";
import type { WriteOperation } from "../trace/write.js";
import { type AgentRecord, type AgentRecordBody, gapReasons, noneLost } from "./agent-records.js";
import { writeRecord } from "./agent-record-codec.js";
import { ByteWriter } from "./bytes.js";
import { channelBytes, messageEnds, messageParts, wholeMessage } from "./message-records.js";

export class RandomRecords {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = randomFrom(seed);
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  one<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.below(items.length)] ?? items[0];
  }

  list<Item>(make: () => Item, most = 4): Item[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }

  readonly id = (): number => this.below(2 ** 32);
  readonly object = () => objectId(this.id());

  readonly text = (): string =>
    this.list(
      () => this.one(["a", "key", "7", '"', "\\", "\n", "ß", "€", "😀", "\ud800", "\udc00x", "\0", " "]),
      6,
    ).join("");

  readonly number = (): number =>
    this.one([
      0,
      -0,
      1,
      -1,
      2 ** 31 - 1,
      2 ** 31,
      -(2 ** 31),
      0.1,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      Number.MAX_VALUE,
    ]);

  readonly value = (): CapturedValue =>
    this.one<() => CapturedValue>([
      () => ({ kind: "primitive", value: this.one([undefined, null, true, false, 12n ** 30n, -5n]) }),
      () => ({ kind: "primitive", value: this.number() }),
      () => ({ kind: "primitive", value: this.text() }),
      () => ({ kind: "symbol", description: this.text() }),
      () => ({ kind: "object", id: this.object() }),
      () => ({ kind: "hole" }),
      () => ({ kind: "cut", start: this.text(), length: this.below(2 ** 40) }),
      () => ({
        kind: "unavailable",
        because: this.one(["getter", "proxy", "opaque", "too-large", "not-recorded"]),
        what: this.text(),
      }),
    ])();

  readonly entry = (): Entry => [this.text(), this.value()];

  readonly contents = (): ObjectContents => {
    const className = this.text();
    return this.one<() => ObjectContents>([
      () => ({ kind: "object", className, entries: this.list(this.entry) }),
      () => ({ kind: "error", className, entries: this.list(this.entry) }),
      () => ({ kind: "array", className, elements: this.list(this.value), entries: this.list(this.entry) }),
      () => ({ kind: "map", className, pairs: this.list(() => [this.value(), this.value()] as const) }),
      () => ({ kind: "set", className, members: this.list(this.value) }),
      () => ({ kind: "date", className, timeMs: this.number() }),
      () => ({ kind: "bytes", className, bytes: this.bytes(this.below(9)), length: this.below(2 ** 40) }),
      () => ({ kind: "opaque", className }),
    ])();
  };

  readonly operation = (): WriteOperation => {
    const target = this.object();
    return this.one<() => WriteOperation>([
      () => ({ kind: "set", target, key: this.text(), value: this.value() }),
      () => ({ kind: "delete", target, key: this.text() }),
      () => ({ kind: "splice", target, start: this.id(), deleteCount: this.id(), elements: this.list(this.value) }),
      () => ({ kind: "map-set", target, key: this.value(), value: this.value() }),
      () => ({ kind: "map-delete", target, key: this.value() }),
      () => ({ kind: "set-add", target, member: this.value() }),
      () => ({ kind: "set-delete", target, member: this.value() }),
      () => ({ kind: "clear", target }),
      () => ({ kind: "contents", target, contents: this.contents() }),
      () => ({ kind: "scope", scope: this.text(), value: this.value() }),
    ])();
  };

  readonly attributes = (depth = 3): Attributes => {
    const attributes = Object.create(null) as Record<string, AttributeValue>;
    for (const key of this.list(this.text)) attributes[key] = this.attribute(depth);
    return attributes;
  };

  attribute(depth: number): AttributeValue {
    return this.one<() => AttributeValue>([
      this.text,
      this.number,
      () => this.one([true, false, null]),
      () => (depth === 0 ? 1 : this.list(() => this.attribute(depth - 1))),
      () => (depth === 0 ? 2 : this.attributes(depth - 1)),
    ])();
  }

  body(kind: AgentRecordBody["kind"]): AgentRecordBody {
    const { id } = this;
    const [span, name] = [id(), id()];
    switch (kind) {
      case "string":
        return { kind, id: id(), text: this.text() };
      case "location":
        return { kind, id: id(), file: id(), line: id(), column: id(), functionName: id() };
      case "series":
        return { kind, id: id(), name, unit: id(), attributes: this.attributes() };
      case "event":
        return { kind, name, span, attributes: this.attributes() };
      case "span-start": {
        const [traceId, spanId, parentSpanId] = [this.bytes(16), this.bytes(8), this.bytes(8)];
        const spanKind = this.one(spanKinds);
        return {
          kind,
          span,
          parent: id(),
          spanKind,
          name,
          traceId,
          spanId,
          parentSpanId,
          attributes: this.attributes(),
        };
      }
      case "call-start":
      case "call-open":
      case "call": {
        const [traceId, spanId, parentSpanId] = [this.bytes(16), this.bytes(8), this.bytes(8)];
        const given = this.one([undefined, this.attributes()]);
        const facts = { span, parent: id(), location: id(), traceId, spanId, parentSpanId, arguments: given };
        return kind === "call"
          ? { kind, ...facts, endMs: this.next() * 1e7, result: this.attributes() }
          : { kind, ...facts };
      }
      case "span-end":
        return { kind, span, status: this.one(spanStatuses), name, attributes: this.attributes() };
      case "log":
        return { kind, severity: this.below(25), span, source: id(), body: this.text(), attributes: this.attributes() };
      case "metric":
        return { kind, series: id(), value: this.number() };
      case "write":
        return { kind, span, location: id(), afterMs: this.number(), operation: this.operation() };
      case "gap":
        return {
          kind,
          reason: this.one(gapReasons),
          lost: this.below(2 ** 40),
          of: { ...noneLost, writes: this.below(9) },
        };
      case "standstill":
        return { kind, sinceMs: this.next() * 1e7 };
      case "filtered":
        return { kind, stage: this.id(), sinceMs: this.next() * 1e7, of: { ...noneLost, logs: this.below(9) } };
      case "source": {
        const [file, loaded, hash, text] = [this.text(), this.text(), this.text(), this.text()];
        const [functions, notInstrumented, leftOut] = [this.text(), this.text(), this.text()];
        return { kind, file, loaded, hash, text, functions, notInstrumented, leftOut };
      }
      case "message":
        return {
          kind,
          end: this.one(messageEnds),
          part: this.one(messageParts),
          channel: this.bytes(channelBytes),
          upTo: this.one([0, this.below(2 ** 40), wholeMessage]),
          hybridUs: this.below(2 ** 52),
          origin: id(),
          originUs: this.below(2 ** 52),
        };
    }
  }

  record(kind: AgentRecordBody["kind"]): AgentRecord {
    return { clockMs: this.next() * 1e7, seq: seq(this.below(2 ** 50)), ...this.body(kind) };
  }
}

export function bytesOf(records: readonly AgentRecord[]): Uint8Array {
  const out = new ByteWriter(16);
  for (const record of records) writeRecord(out, record);
  return out.bytes.slice(0, out.at);
}
