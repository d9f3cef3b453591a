// Entry of the engine's own process. Its parent is a host: over child_process IPC (clients share the one channel) or, in
// Electron's utilityProcess, over `process.parentPort`, where each client may bring a MessagePort of its own.
// It ends when told to, committing what was received first. When its parent is gone it ends too, but not before the programs
// that the parent had started: they are recorded to their end.
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { type FromEngineProcess, type ToEngineProcess, toEngineProcess } from "../shared/protocol/engine-host.js";
import { type ServedClient, serveEngine } from "../shared/protocol/rpc.js";
import {
  engineDiskReserve,
  engineMostBase,
  engineDurability,
  engineHasCrashed,
  engineStarter,
  startedEnvironment,
} from "../shared/protocol/engine-environment.js";
import { createCodec } from "../shared/protocol/codec.js";
import { portTransport, relayedTransport, type RelayedTransport } from "./client-transports.js";
import { ReadingJournal, createEngine, hostWith, sweepPrivateFolders } from "./index.js";
import { type Host, hostOfThisProcess } from "./process-host.js";

// Recordings and everything around them are for this user only. Programs started from here get the mask back.
const umask = process.umask(0o077);
const starter = engineStarter(process.env);
const host = starter === undefined ? undefined : await hostWith(starter.pid, starter.session);
const journal = host === undefined ? undefined : await ReadingJournal.open(host, engineHasCrashed(process.env));
const codec = createCodec();
const engine = createEngine({
  packageFolder: fileURLToPath(new URL("../../", import.meta.url)),
  environment: startedEnvironment(process.env),
  umask,
  durabilityMs: engineDurability(process.env),
  diskReserveBytes: engineDiskReserve(process.env),
  mostBaseBytes: engineMostBase(process.env),
  recorderThread: new URL("./recorder-thread.js", import.meta.url),
  packed: (answer) => void codec.encode({ kind: "result", id: 0, value: answer }),
  ...(host === undefined ? {} : { host }),
  ...(journal === undefined ? {} : { journal }),
});
const served = new Map<number, { readonly client: ServedClient; readonly relayed: RelayedTransport | undefined }>();

function serve(host: Host): void {
  const tell = (message: FromEngineProcess): void => host.send(message);
  engine.onNotice((notice) => {
    for (const { client } of served.values()) client.notify(notice);
  });
  host.onMessage((raw, port) => {
    const read = v.safeParse(toEngineProcess, raw);
    if (read.success) take(read.output, port);
  });
  host.onGone(() => {
    // Nobody waits for an answer any more.
    for (const { client } of served.values()) client.close();
    void engine.finishAlone().then(stop);
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());

  const take = (message: ToEngineProcess, port: Parameters<typeof portTransport>[0] | undefined): void => {
    switch (message.kind) {
      case "connect": {
        const { client } = message;
        const relayed =
          port === undefined ? relayedTransport((bytes) => tell({ kind: "bytes", client, bytes })) : undefined;
        const transport = port === undefined ? relayed : portTransport(port);
        if (transport === undefined) return;
        transport.onClose(() => served.delete(client));
        served.set(client, { client: serveEngine(transport, codec, engine.handlers), relayed });
        return;
      }
      case "bytes":
        served.get(message.client)?.relayed?.deliver(message.bytes);
        return;
      case "disconnect":
        served.get(message.client)?.client.close();
        served.delete(message.client);
        return;
      case "ping":
        return tell({ kind: "pong" });
      case "stop":
        void stop();
    }
  };
  // What an engine before this one was recording goes on; what others left behind when they were killed goes.
  void engine.resume().then(() => {
    tell({ kind: "ready" });
    return sweepPrivateFolders();
  });
}

let stopping: Promise<void> | undefined;
function stop(): Promise<void> {
  stopping ??= engine.dispose().then(() => process.exit(0));
  return stopping;
}

const parent = hostOfThisProcess();
if (parent === undefined) {
  process.stderr.write("The engine is started by Hindcast's hosts, not by hand.\n");
  process.exit(2);
}
serve(parent);
