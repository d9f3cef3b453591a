// Commands of node-redis, by the diagnostics channels it publishes on from 5.12 on; earlier versions are not recorded. What
// it tells of a command's arguments is cut down to names and keys by itself.
import { onChannel } from "../channels.js";
import { newMarks } from "../marks.js";
import { dataProperty, textProperty } from "../own-data.js";
import { together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { type DbCall, type DbQuery, type DbServer, DbSpans } from "./db-span.js";
import { redisText } from "./redis-text.js";

export function installRedis(kit: ProbeKit): () => void {
  const { guest } = kit;
  const spans = new DbSpans(kit);
  const calls = newMarks<DbCall>();

  const follow = (channel: string, queryOf: (message: object) => DbQuery): (() => void) =>
    together([
      onChannel(guest, `tracing:node-redis:${channel}:start`, (message) => {
        calls.set(message, spans.open(serverOf(message), queryOf(message)));
      }),
      onChannel(guest, `tracing:node-redis:${channel}:error`, (message) =>
        spans.closeFailed(calls.get(message), dataProperty(message, "error")),
      ),
      onChannel(guest, `tracing:node-redis:${channel}:asyncEnd`, (message) => spans.close(calls.get(message))),
    ]);

  return together([follow("command", commandIn), follow("batch", batchIn)]);
}

/** The arguments begin with the command's name. */
function commandIn(message: object): DbQuery {
  const args = dataProperty(message, "args");
  const [name, ...rest] = Array.isArray(args) ? args.map((given): unknown => given) : [];
  const operation = textProperty(message, "command") ?? (typeof name === "string" ? name : undefined);
  if (operation === undefined) return { text: undefined, operation };
  return { text: redisText(operation, rest), operation: operation.toUpperCase() };
}

/** Commands of a transaction are not told one by one; those of a pipeline are, below it. */
function batchIn(message: object): DbQuery {
  const operation = textProperty(message, "batchMode");
  const size = dataProperty(message, "batchSize");
  return { text: undefined, operation, batchSize: typeof size === "number" ? size : undefined };
}

function serverOf(message: object): DbServer {
  const [database, port] = [dataProperty(message, "database"), dataProperty(message, "serverPort")];
  return {
    system: "redis",
    namespace: typeof database === "number" ? String(database) : undefined,
    address: textProperty(message, "serverAddress"),
    port: typeof port === "number" ? port : undefined,
  };
}
