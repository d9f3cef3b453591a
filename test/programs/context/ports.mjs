// Requests whose work is done over ports of MessageChannels: handed to a thread by a message or as it is started, through another
// port, between two threads, within one thread; what comes is handed over, or taken in a loop that waits. Everything that is seen
// of messages and ports is printed.
import { createServer } from "node:http";
import { BlockList } from "node:net";
import {
  MessageChannel,
  MessagePort,
  Worker,
  isMainThread,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from "node:worker_threads";
import { event, span } from "hindcast";

const each = 5;

/** What can be posted, but not read where it comes. */
const unreadable = () => {
  const list = new BlockList();
  const own = Reflect.ownKeys(BlockList.prototype).find((key) => key.description === "messaging_clone_symbol");
  return Object.assign(list, { [own]: () => ({ data: {}, deserializeInfo: "internal/none:None" }) });
};
const sayUnread = (port) => port.on("messageerror", (error) => console.log("not read", error.name));

const work = (way, n) => {
  event("thread gets", { way, n });
  console.log(`works ${way} ${n}`);
  span("thread works", { way, n }, () => undefined);
};

if (isMainThread) {
  const facts = new MessageChannel();
  console.log(
    MessageChannel === globalThis.MessageChannel,
    facts.constructor === MessageChannel,
    facts instanceof MessageChannel,
    MessageChannel.name,
    MessageChannel.length,
    facts,
    Object.keys(facts),
  );
  class Own extends MessageChannel {}
  console.log(
    new Own() instanceof Own,
    new Own().port1 instanceof MessagePort,
    MessagePort.prototype.postMessage.name,
    Object.keys(MessagePort.prototype),
  );
  facts.port1.on("message", () => undefined);
  console.log(facts.port1.hasRef?.(), receiveMessageOnPort(facts.port2), facts.port1);
  facts.port2.postMessage(structuredClone({ a: [1n, new Map([[1, new Date(0)]])] }));
  facts.port1.close();
  facts.port2.postMessage("into the void");
  try {
    receiveMessageOnPort({});
  } catch (error) {
    console.log(error.code, error.stack.split("\n").slice(0, 2).join(), /hindcast|agent/.test(error.stack));
  }
  try {
    new Worker("", { eval: true, workerData: () => undefined });
  } catch (error) {
    console.log(error.name, /hindcast|agent/.test(error.stack));
  }

  const started = new MessageChannel();
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { role: "worker", deep: [{ port: started.port2 }] },
    transferList: [started.port2],
  });
  const neighbour = new Worker(new URL(import.meta.url), { workerData: { role: "neighbour" } });
  const [posted, nested, waited, between, own] = Array.from({ length: 5 }, () => new MessageChannel());
  const signal = new Int32Array(new SharedArrayBuffer(8));
  const bytes = new Uint8Array(8);
  // Before it goes away it has said something.
  posted.port1.postMessage({ n: -1 });
  worker.postMessage({ bytes, port: posted.port2 }, [posted.port2, bytes.buffer]);
  console.log("transferred", bytes.length, structuredClone(new Map([[1, 2]])));
  posted.port1.postMessage({ ports: new Map([["nested", nested.port2]]) }, { transfer: [nested.port2] });
  posted.port1.postMessage({ waited: waited.port2, between: between.port1, signal }, [between.port1, waited.port2]);
  neighbour.postMessage(between.port2, [between.port2]);
  const waiting = new Map();
  const ways = {
    started: started.port1,
    posted: posted.port1,
    nested: nested.port1,
    waited: waited.port1,
    own: own.port1,
  };
  const answered = ({ way, n }) => {
    event("main gets", { way, n });
    waiting.get(`${way} ${n}`)?.end(`${way} ${n}`);
  };
  for (const port of Object.values(ways)) {
    port.on("message", answered);
    port.postMessage(unreadable());
    sayUnread(port);
  }
  sayUnread(own.port2);
  own.port2.on("message", ({ way, n }) => {
    work(way, n);
    own.port2.postMessage({ way, n });
  });
  neighbour.on("message", answered);
  const server = createServer((request, response) => {
    const [, way, n] = request.url.slice(1).split("/");
    setTimeout(() => {
      waiting.set(`${way} ${n}`, response);
      const port = way === "neighbour" ? neighbour : ways[way];
      port.postMessage({ way, n: Number(n) });
      try {
        port.postMessage(() => n);
      } catch (error) {
        if (error.name !== "DataCloneError") console.log(error);
      }
      Atomics.add(signal, 0, way === "waited" ? 1 : 0);
      Atomics.notify(signal, 0);
    }, n % 3);
  }).listen(0, "127.0.0.1", async () => {
    const ask = async (way, n) => (await fetch(`http://127.0.0.1:${server.address().port}/work/${way}/${n}`)).text();
    const asked = ["posted", "started", "nested", "neighbour", "own", "waited"].map((way) =>
      Promise.all(Array.from({ length: each }, (_, n) => ask(way, n))),
    );
    console.log((await Promise.all(asked)).join());
    server.close();
    server.closeAllConnections();
    neighbour.postMessage("end");
    Atomics.store(signal, 1, 1);
    Atomics.notify(signal, 0);
    for (const port of Object.values(ways)) port.close();
    worker.on("exit", (code) => console.log("exit", code));
  });
} else if (workerData.role === "neighbour") {
  parentPort.once("message", (port) => {
    port.on("message", (answer) => parentPort.postMessage(answer));
    parentPort.on("message", (message) => {
      if (message !== "end") return port.postMessage(message);
      port.close();
      parentPort.close();
    });
  });
} else {
  const serve = (port) => {
    sayUnread(port);
    port.on("message", (message) => {
      if (message.n >= 0) {
        work(message.way, message.n);
        setTimeout(() => port.postMessage(message), 1);
      } else if (message.n === -1) console.log("said before", message);
      else if (message.ports !== undefined) serve(message.ports.get("nested"));
      else {
        serve(message.between);
        loop(message.waited, message.signal);
      }
    });
    port.postMessage(unreadable());
  };
  serve(workerData.deep[0].port);
  parentPort.once("message", ({ bytes, port }) => {
    console.log("got", bytes.length, port instanceof MessagePort, port.constructor === MessagePort);
    serve(port);
  });
  const take = (port) => {
    try {
      return receiveMessageOnPort(port);
    } catch (error) {
      console.log("not taken", error.name);
      return take(port);
    }
  };
  /** As pools wait: nothing else of the thread runs until something has come. */
  const loop = (port, signal) => {
    let [seen, ended] = [0, 0];
    const turn = () => {
      Atomics.wait(signal, 0, seen, 5);
      seen = Atomics.load(signal, 0);
      for (let taken; (taken = take(port)) !== undefined; ended++) {
        work("waited", taken.message.n);
        port.postMessage(taken.message);
      }
      event("nobody's", { isAll: ended === each });
      if (Atomics.load(signal, 1) === 0 || ended < each) setTimeout(turn, 1);
    };
    turn();
  };
}
