// What the methods of database clients look like, with the agent there and once it has gone.
const { createHash } = require("node:crypto");
const http2 = require("node:http2");
const mysql = require("mysql2");
const { Connection } = require("mongodb/lib/cmap/connection.js");
const pg = require("pg");
const Cursor = require("pg-cursor");
const { Redis } = require("ioredis");
const { Kafka } = require("kafkajs");
const Runner = require("kafkajs/src/consumer/runner.js");
const { ChannelImplementation: Channel } = require("@grpc/grpc-js/build/src/channel.js");
const { Server } = require("@grpc/grpc-js");

const session = http2.connect("http://127.0.0.1:9").on("error", () => undefined);
const Session = { prototype: Object.getPrototypeOf(session) };
const classes = [
  Session,
  pg.Client,
  pg.Pool,
  pg.Query,
  Cursor,
  mysql.Connection,
  mysql.Pool,
  Redis,
  Connection,
  Channel,
  Server,
];
const looks = () =>
  classes.map(({ prototype }) => {
    const hash = createHash("sha256");
    for (let owner = prototype; owner !== Object.prototype; owner = Object.getPrototypeOf(owner))
      for (const [name, { value, ...rest }] of Object.entries(Object.getOwnPropertyDescriptors(owner)))
        hash.update(
          `${name} ${typeof value === "function" ? value : typeof value} ${Object.keys(rest)} ${rest.enumerable}\n`,
        );
    return `${prototype.constructor.name} ${hash.digest("hex")}`;
  });

const first = looks();
const timer = setInterval(() => {
  if (process.listenerCount("uncaughtExceptionMonitor") > 0) return;
  clearInterval(timer);
  console.log(JSON.stringify({ first, after: looks() }));
}, 20);
