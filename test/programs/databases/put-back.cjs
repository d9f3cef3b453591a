// Of which database clients methods were others while the agent was there, and what they look like once it has gone.
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

const functions = () =>
  classes.map(({ prototype }) => {
    const found = [];
    for (let owner = prototype; owner !== Object.prototype; owner = Object.getPrototypeOf(owner))
      for (const { value } of Object.values(Object.getOwnPropertyDescriptors(owner))) found.push(value);
    return found;
  });

const first = functions();
const timer = setInterval(() => {
  if (process.listenerCount("uncaughtExceptionMonitor") > 0) return;
  clearInterval(timer);
  const last = functions();
  const replaced = classes.flatMap(({ prototype }, at) =>
    first[at].every((value, index) => value === last[at][index]) ? [] : prototype.constructor.name,
  );
  console.log(JSON.stringify({ replaced, after: looks() }));
}, 20);
