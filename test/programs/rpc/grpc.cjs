// gRPC at both ends, over one connection: calls of every kind, twenty at once for requests of their own, failing and given up.
const { createServer } = require("node:http");
const { setTimeout: pause } = require("node:timers/promises");
const grpc = require("@grpc/grpc-js");

const pass = (value) => Buffer.from(value);
const plain = (buffer) => buffer.toString();
const kinds = {
  Ask: [false, false],
  Collect: [true, false],
  List: [false, true],
  Chat: [true, true],
  Missing: [false, false],
};
const service = Object.fromEntries(
  Object.entries(kinds).map(([name, [requestStream, responseStream]]) => [
    name,
    {
      path: `/bank.Accounts/${name}`,
      ...{ requestStream, responseStream, requestSerialize: pass, responseSerialize: pass },
      ...{ requestDeserialize: plain, responseDeserialize: plain },
    },
  ]),
);
const { Missing: _missing, ...served } = service;
const server = new grpc.Server();
server.addService(served, {
  async Ask(call, answer) {
    console.log(`served ${call.request}`);
    await pause(2);
    if (call.request === "fails") return answer({ code: grpc.status.INTERNAL, details: "no such luck" });
    if (call.request === "none") return answer({ code: grpc.status.NOT_FOUND, details: "no such account" });
    if (call.request === "waits") await pause(60_000, undefined, { ref: false });
    if (call.request === "marked") return answer(null, call.metadata.get("traceparent").join());
    answer(null, call.request.toUpperCase());
  },
  Collect(call, answer) {
    let all = "";
    call.on("data", (part) => (all += part));
    call.on("end", () => answer(null, all));
  },
  List(call) {
    for (const part of ["a", "b"]) call.write(call.request + part);
    call.end();
  },
  Chat(call) {
    call.on("data", (part) => call.write(part.toUpperCase()));
    call.on("end", () => call.end());
  },
});

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), async (_error, port) => {
  const client = new (grpc.makeGenericClientConstructor(service))(
    `127.0.0.1:${port}`,
    grpc.credentials.createInsecure(),
  );
  const ask = (text, ...more) =>
    new Promise((resolve) =>
      client.Ask(text, ...more, (error, answer) => resolve(error?.message.split(" after ")[0] ?? answer)),
    );
  const front = createServer((request, response) => {
    client.Ask(request.url, (_failure, answer) => {
      console.log(`answered ${request.url}`);
      response.end(answer);
    });
  });
  await new Promise((resolve) => front.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${front.address().port}`;
  const paths = Array.from({ length: 20 }, (_, n) => `/ask/${n}`);
  await Promise.all(paths.map(async (path) => (await fetch(origin + path)).text()));
  front.close();
  front.closeAllConnections();
  console.log("all answered");

  for (const text of ["fails", "none"]) console.log(await ask(text));
  console.log(await ask("waits", { deadline: Date.now() + 50 }));
  const metadata = new grpc.Metadata();
  metadata.set("traceparent", `00-${"12".repeat(16)}-${"34".repeat(8)}-01`);
  console.log(await ask("marked", metadata), Object.keys(metadata.getMap()).join());
  console.log(await new Promise((resolve) => client.Missing("", (error) => resolve(error.code))));
  const collecting = new Promise((resolve) => {
    const call = client.Collect((_failure, all) => resolve(all));
    for (const part of ["x", "y"]) call.write(part);
    call.end();
  });
  console.log(await collecting);
  const parts = [];
  for await (const part of client.List("l")) parts.push(part);
  const chat = client.Chat();
  chat.write("hello");
  chat.end();
  for await (const part of chat) parts.push(part);
  console.log(parts.join());
  client.close();
  server.tryShutdown(() => console.log("shut down"));
});
