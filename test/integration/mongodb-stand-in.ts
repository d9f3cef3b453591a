// Stands in for a MongoDB server, which cannot be had in Debian or npm: speaks enough of its wire protocol for the driver to be
// content, and keeps documents in memory. What it says of itself and how it fails is made after the protocol's description.
import { type Socket, createServer } from "node:net";
import { once } from "node:events";
import { BSON } from "mongodb";

const opMessage = 2013;
const opQuery = 2004;
const opReply = 1;
type Document = Record<string, unknown>;

export interface StandIn {
  readonly port: number;
  stop(): void;
}

export async function startMongodbStandIn(): Promise<StandIn> {
  const collections = new Map<string, Document[]>();
  const cursors = new Map<number, Document[]>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
    let waiting = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 16 && waiting.length >= waiting.readInt32LE(0)) {
        const length = waiting.readInt32LE(0);
        socket.write(answerTo(waiting.subarray(0, length), (command) => run(command, collections, cursors)));
        waiting = waiting.subarray(length);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function answerTo(message: Buffer, runCommand: (command: Document) => Document): Buffer {
  const [id, code] = [message.readInt32LE(4), message.readInt32LE(12)];
  if (code === opQuery) {
    const name = message.indexOf(0, 20) + 1;
    const head = Buffer.alloc(20);
    head.writeInt32LE(1, 16);
    return framed(id, opReply, Buffer.concat([head, BSON.serialize(runCommand(documentAt(message, name + 8)))]));
  }
  if (code !== opMessage) throw new Error(`opcode ${code}`);
  let command: Document = {};
  for (let at = 20; at < message.length;) {
    const isSequence = message[at++] === 1;
    const size = message.readInt32LE(at);
    if (isSequence) {
      const end = message.indexOf(0, at + 4);
      const documents: Document[] = [];
      for (let next = end + 1; next < at + size; next += message.readInt32LE(next))
        documents.push(documentAt(message, next));
      command[message.toString("utf8", at + 4, end)] = documents;
    } else command = { ...documentAt(message, at), ...command };
    at += size;
  }
  return framed(id, opMessage, Buffer.concat([Buffer.alloc(5), BSON.serialize(runCommand(command))]));
}

const documentAt = (message: Buffer, at: number): Document =>
  BSON.deserialize(message.subarray(at, at + message.readInt32LE(at)));

function framed(to: number, code: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  [16 + body.length, 1, to, code].forEach((value, at) => head.writeInt32LE(value, 4 * at));
  return Buffer.concat([head, body]);
}

const isDocument = (value: unknown): value is Document => typeof value === "object" && value !== null;
const listIn = (command: Document, key: string): Document[] => {
  const found = command[key];
  return Array.isArray(found) ? found.filter(isDocument) : [];
};
const matches = (document: Document, filter: unknown): boolean =>
  !isDocument(filter) || Object.entries(filter).every(([key, value]) => String(document[key]) === String(value));

function run(command: Document, collections: Map<string, Document[]>, cursors: Map<number, Document[]>): Document {
  const [name = ""] = Object.keys(command);
  const collection = String(command[name]);
  const kept = collections.get(collection) ?? [];
  collections.set(collection, kept);
  const cursor = (all: readonly Document[], size: number, batch: string): Document => {
    const rest = all.slice(size);
    const id = rest.length === 0 ? 0 : cursors.size + 1;
    if (id !== 0) cursors.set(id, rest);
    return { ok: 1, cursor: { id: BSON.Long.fromNumber(id), ns: `test.${collection}`, [batch]: all.slice(0, size) } };
  };
  switch (name.toLowerCase()) {
    case "hello":
    case "ismaster":
      return {
        ...{ ok: 1, helloOk: true, ismaster: true, isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 21 },
        ...{ maxBsonObjectSize: 16_777_216, maxMessageSizeBytes: 48_000_000, maxWriteBatchSize: 100_000 },
      };
    case "ping":
    case "endsessions":
      return { ok: 1 };
    case "drop":
      return collections.delete(collection) ? { ok: 1 } : { ok: 0, code: 26, errmsg: "ns not found" };
    case "insert": {
      const documents = listIn(command, "documents");
      const taken = documents.findIndex(({ _id }) => kept.some((other) => String(other["_id"]) === String(_id)));
      kept.push(...documents.slice(0, taken < 0 ? documents.length : taken));
      if (taken < 0) return { ok: 1, n: documents.length };
      return { ok: 1, n: taken, writeErrors: [{ index: taken, code: 11000, errmsg: "E11000 duplicate key error" }] };
    }
    case "find": {
      const found = kept.filter((document) => matches(document, command["filter"]));
      return cursor(found, Number(command["batchSize"] ?? 101), "firstBatch");
    }
    case "getmore": {
      const all = cursors.get(Number(command["getMore"])) ?? [];
      return { ok: 1, cursor: { id: BSON.Long.ZERO, ns: `test.${String(command["collection"])}`, nextBatch: all } };
    }
    case "update": {
      const changed = listIn(command, "updates").flatMap(({ q, u }) =>
        kept
          .filter((document) => matches(document, q))
          .map((document) => Object.assign(document, isDocument(u) ? u["$set"] : {})),
      );
      return { ok: 1, n: changed.length, nModified: changed.length };
    }
    case "delete": {
      const left = kept.filter((document) => !listIn(command, "deletes").some(({ q }) => matches(document, q)));
      collections.set(collection, left);
      return { ok: 1, n: kept.length - left.length };
    }
    default:
      return { ok: 0, code: 59, codeName: "CommandNotFound", errmsg: `no such command: '${name}'` };
  }
}
