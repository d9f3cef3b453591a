// Stands in for a broker of Kafka, which cannot be had in Debian or npm: speaks enough of its protocol, one version of each
// request, for kafkajs to send to it and to get back what it sent. One broker, one partition of each topic, one member of a group.
const { createServer } = require("node:net");

const [produce, fetch, offsets, metadata, commit, committed, coordinator] = [0, 1, 2, 3, 8, 9, 10];
const [join, heartbeat, leave, sync, versions] = [11, 12, 13, 14, 18];
const spoken = new Map([
  ...[
    [produce, 3],
    [fetch, 4],
    [offsets, 1],
    [metadata, 1],
    [commit, 2],
    [committed, 1],
    [coordinator, 0],
  ],
  ...[
    [join, 0],
    [heartbeat, 0],
    [leave, 0],
    [sync, 0],
    [versions, 0],
  ],
]);

class Reader {
  constructor(buffer) {
    this.buffer = buffer;
    this.at = 0;
  }
  take(size) {
    this.at += size;
    return this.buffer.subarray(this.at - size, this.at);
  }
  int8 = () => this.take(1).readInt8();
  int16 = () => this.take(2).readInt16BE();
  int32 = () => this.take(4).readInt32BE();
  int64 = () => Number(this.take(8).readBigInt64BE());
  bytes = () => this.take(Math.max(0, this.int32()));
  text = () => this.take(Math.max(0, this.int16())).toString();
  list = (read) => Array.from({ length: this.int32() }, read);
}

const of = (size, method) => (value) => {
  const buffer = Buffer.alloc(size);
  buffer[method](size === 8 ? BigInt(value) : value);
  return buffer;
};
const [int8, int16, int32, int64] = [
  of(1, "writeInt8"),
  of(2, "writeInt16BE"),
  of(4, "writeInt32BE"),
  of(8, "writeBigInt64BE"),
];
const all = (...parts) => Buffer.concat(parts);
const text = (value) => (value === undefined ? int16(-1) : all(int16(Buffer.byteLength(value)), Buffer.from(value)));
const bytes = (value) => all(int32(value.length), value);
const list = (items, write) => all(int32(items.length), ...items.map(write));

exports.startBroker = async () => {
  const topics = new Map();
  /** Of each batch: where it begins, how many it has, and its bytes as they came. */
  const batchesOf = (topic) => topics.get(topic) ?? topics.set(topic, []).get(topic);
  const endOf = (topic) => batchesOf(topic).reduce((end, { count }) => end + count, 0);
  const kept = new Map();
  let assignment = Buffer.alloc(0);
  const byTopic = (reader, readPartition) =>
    reader.list(() => ({ topic: reader.text(), parts: reader.list(readPartition) }));
  const toTopics = (asked, write) =>
    list(asked, ({ topic, parts }) =>
      all(
        text(topic),
        list(parts, (part) => write(topic, part)),
      ),
    );

  const answers = {
    [versions]: () =>
      all(
        int16(0),
        list([...spoken], ([key, version]) => all(int16(key), int16(version), int16(version))),
      ),
    [metadata](reader) {
      const asked = reader.list(() => reader.text());
      const partition = all(int16(0), int32(0), int32(1), list([1], int32), list([1], int32));
      const broker = all(int32(1), text("127.0.0.1"), int32(server.address().port), text());
      const described = list(asked, (topic) =>
        all(
          int16(0),
          text(topic),
          int8(0),
          list([partition], (one) => one),
        ),
      );
      return all(
        list([broker], (one) => one),
        int32(1),
        described,
      );
    },
    [produce](reader) {
      reader.text();
      reader.take(6);
      const written = byTopic(reader, () => [reader.int32(), Buffer.from(reader.bytes())]);
      const answer = toTopics(written, (topic, [part, batch]) => {
        const isRefused = topic === "refused";
        const base = endOf(topic);
        batch.writeBigInt64BE(BigInt(base));
        if (!isRefused) batchesOf(topic).push({ base, count: batch.readInt32BE(57), batch });
        return all(int32(part), int16(isRefused ? 29 : 0), int64(isRefused ? -1 : base), int64(-1));
      });
      return all(answer, int32(0));
    },
    async [fetch](reader) {
      const [, wait] = [reader.int32(), reader.int32(), reader.take(9)];
      const asked = byTopic(reader, () => [reader.int32(), reader.int64(), reader.int32()]);
      const has = () => asked.some(({ topic, parts }) => parts.some(([, from]) => from < endOf(topic)));
      for (let waited = 0; waited < wait && !has(); waited += 5) await new Promise((resolve) => setTimeout(resolve, 5));
      const answer = toTopics(asked, (topic, [part, from]) => {
        const next = batchesOf(topic).filter(({ base, count }) => base + count > from);
        const end = endOf(topic);
        return all(
          int32(part),
          int16(0),
          int64(end),
          int64(end),
          int32(-1),
          bytes(all(...next.map(({ batch }) => batch))),
        );
      });
      return all(int32(0), answer);
    },
    [offsets](reader) {
      reader.int32();
      const asked = byTopic(reader, () => [reader.int32(), reader.int64()]);
      return toTopics(asked, (topic, [part, when]) =>
        all(int32(part), int16(0), int64(-1), int64(when === -2 ? 0 : endOf(topic))),
      );
    },
    [coordinator]: () => all(int16(0), int32(1), text("127.0.0.1"), int32(server.address().port)),
    [join](reader) {
      reader.text();
      reader.int32();
      reader.text();
      reader.text();
      const [protocol] = reader.list(() => ({ name: reader.text(), about: reader.bytes() }));
      const member = all(text("member"), bytes(protocol.about));
      return all(
        int16(0),
        int32(1),
        text(protocol.name),
        text("member"),
        text("member"),
        list([member], (one) => one),
      );
    },
    [sync](reader) {
      reader.text();
      reader.int32();
      reader.text();
      const [first] = reader.list(() => ({ member: reader.text(), assigned: Buffer.from(reader.bytes()) }));
      assignment = first?.assigned ?? assignment;
      return all(int16(0), bytes(assignment));
    },
    [heartbeat]: () => int16(0),
    [leave]: () => int16(0),
    [committed](reader) {
      const group = reader.text();
      const asked = byTopic(reader, () => reader.int32());
      return toTopics(asked, (topic, part) =>
        all(int32(part), int64(kept.get(`${group} ${topic}`) ?? -1), text(""), int16(0)),
      );
    },
    [commit](reader) {
      const group = reader.text();
      reader.int32();
      reader.text();
      reader.int64();
      const told = byTopic(reader, () => [reader.int32(), reader.int64(), reader.text()]);
      return toTopics(told, (topic, [part, offset]) => {
        kept.set(`${group} ${topic}`, offset);
        return all(int32(part), int16(0));
      });
    },
  };

  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
    let waiting = Buffer.alloc(0);
    /** Answers come in the order of what was asked. */
    let last = Promise.resolve();
    socket.on("data", (chunk) => {
      waiting = all(waiting, chunk);
      while (waiting.length >= 4 && waiting.length >= 4 + waiting.readInt32BE()) {
        const reader = new Reader(waiting.subarray(4, 4 + waiting.readInt32BE()));
        waiting = waiting.subarray(4 + waiting.readInt32BE());
        const [key, version, id] = [reader.int16(), reader.int16(), reader.int32()];
        reader.text();
        // As brokers do of a version that they do not speak.
        const answer = version === spoken.get(key) ? answers[key](reader) : all(int16(35), int32(0), int32(0));
        last = last.then(async () => socket.write(bytes(all(int32(id), await answer))));
      }
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
