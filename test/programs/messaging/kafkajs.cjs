// What a program does with kafkajs: sends for twenty requests at once, works on what comes one by one and in batches, and fails.
const http = require("node:http");
const { setTimeout: pause } = require("node:timers/promises");
const { Kafka, logLevel, Partitioners } = require("kafkajs");
const { startBroker } = require("./kafka-stand-in.cjs");

const count = 20;
async function main() {
  const broker = await startBroker();
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${broker.port}`],
    logLevel: logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 5 },
  });
  const producer = kafka.producer({ createPartitioner: Partitioners.LegacyPartitioner });
  await producer.connect();
  const given = { key: "k", value: "one", headers: { mine: "1" } };
  const server = http.createServer(async (request, response) => {
    const number = Number(request.url.split("/").at(-1));
    await producer.send({ topic: "orders", messages: [{ value: `order ${number}` }] });
    console.log(`sent ${number}`);
    response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ask = (number) => fetch(`http://127.0.0.1:${server.address().port}/ask/${number}`);
  await Promise.all(Array.from({ length: count }, (_, number) => ask(number)));
  server.close();
  server.closeAllConnections();
  const traced = { value: "traced", headers: { traceparent: `00-${"12".repeat(16)}-${"34".repeat(8)}-01` } };
  const [sent] = await producer.sendBatch({ topicMessages: [{ topic: "batches", messages: [given, traced] }] });
  console.log(sent.topicName, sent.baseOffset, JSON.stringify(given));
  const failure = (error) => `${error.name} ${error.type}: ${error.message}`;
  console.log(await producer.send({ topic: "refused", messages: [{ value: "x" }] }).catch(failure));
  console.log(await producer.send({ topic: "orders", messages: [{ key: "none" }] }).catch(failure));
  const unhandled = new Promise((resolve) => process.once("unhandledRejection", (error) => resolve(failure(error))));
  void producer.send({ topic: "refused", messages: [{ value: "nobody waits" }] });
  console.log("unhandled", await unhandled);

  const got = [];
  let tries = 0;
  const done = Promise.withResolvers?.() ?? {};
  done.promise ??= new Promise((resolve) => (done.resolve = resolve));
  const ended = () => got.length === count + 2 && done.resolve();
  const orders = kafka.consumer({ groupId: "one by one", maxWaitTimeInMs: 50 });
  await orders.connect();
  await orders.subscribe({ topic: "orders", fromBeginning: true });
  await orders.run({
    async eachMessage({ message }) {
      const text = message.value.toString();
      if (text === "order 7" && tries++ === 0) throw new Error("not yet");
      console.log(`begins ${text}`);
      await pause(1);
      console.log(`has done ${text}`);
      got.push(text);
      ended();
    },
  });
  const batches = kafka.consumer({ groupId: "in batches", maxWaitTimeInMs: 50 });
  await batches.connect();
  await batches.subscribe({ topic: "batches", fromBeginning: true });
  await batches.run({
    async eachBatch({ batch }) {
      for (const { value, headers } of batch.messages) {
        console.log(`in a batch ${value} ${headers.mine ?? headers.traceparent}`);
        got.push(String(value));
      }
      ended();
    },
  });
  await done.promise;
  await Promise.all([orders.disconnect(), batches.disconnect(), producer.disconnect()]);
  broker.stop();
}
main();
