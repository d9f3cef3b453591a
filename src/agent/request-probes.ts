// Everything that is captured of requests, by the places that faults are counted at: one that fails keeps none of the others from
// being there.
import { installHttpServer } from "./probes/http-server.js";
import { installHttpClient } from "./probes/http-client.js";
import { installHttpBodies } from "./probes/http-bodies.js";
import { installHttp2 } from "./probes/http2.js";
import { installFetch } from "./probes/fetch.js";
import { installChildProcesses } from "./probes/child-processes.js";
import { installIpc } from "./probes/ipc.js";
import { installConsole } from "./probes/console.js";
import { installOutput } from "./probes/output.js";
import { installPino } from "./probes/pino.js";
import { installPg } from "./probes/pg.js";
import { installMysql2 } from "./probes/mysql2.js";
import { installIoredis } from "./probes/ioredis.js";
import { installRedis } from "./probes/redis.js";
import { installBullmq } from "./probes/bullmq.js";
import { installKafkajs } from "./probes/kafkajs.js";
import { installGrpc } from "./probes/grpc.js";
import { installMongodb } from "./probes/mongodb.js";
import { installBetterSqlite3, installNodeSqlite } from "./probes/sqlite.js";
import { installWs } from "./probes/ws.js";
import { installSocketIo } from "./probes/socket-io.js";
import { installWinston } from "./probes/winston.js";
import { installBunyan } from "./probes/bunyan.js";
import type { ProbeKit } from "./probe-kit.js";

/** By the place that their faults are counted at. */
const requestProbes = {
  "http server": installHttpServer,
  "http client": installHttpClient,
  "http bodies": installHttpBodies,
  http2: installHttp2,
  fetch: installFetch,
  "child processes": installChildProcesses,
  ipc: installIpc,
  console: installConsole,
  output: installOutput,
  pino: installPino,
  pg: installPg,
  mysql2: installMysql2,
  ioredis: installIoredis,
  redis: installRedis,
  bullmq: installBullmq,
  kafkajs: installKafkajs,
  grpc: installGrpc,
  mongodb: installMongodb,
  "node:sqlite": installNodeSqlite,
  "better-sqlite3": installBetterSqlite3,
  ws: installWs,
  "socket.io": installSocketIo,
  winston: installWinston,
  bunyan: installBunyan,
} as const;

/** What is returned puts each of them back. */
export const installRequestProbes = (agent: ProbeKit): readonly (() => void)[] =>
  Object.entries(requestProbes).map(([place, installProbe]) => {
    const placed = { ...agent, guest: agent.guest.at(place) };
    return agent.guest.runAsGuest(
      () => installProbe(placed),
      () => undefined,
    );
  });
