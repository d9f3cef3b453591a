// Lines of every kind, formats that take something out, levels that nobody takes, and a transport that keeps lines waiting.
import { Writable } from "node:stream";
import { span } from "hindcast";
import winston from "winston";

const { combine, errors, json, splat, timestamp } = winston.format;
const hide = winston.format((line) => {
  if (line.message === "left out") return false;
  return "card" in line ? { ...line, card: "hidden by the program" } : line;
});
// Frames of span() are others where it is recorded.
Error.stackTraceLimit = 1;
const written = [];
const slow = new Writable({
  highWaterMark: 1,
  objectMode: true,
  write(line, _encoding, done) {
    written.push(String(line).trim());
    setTimeout(done, 1);
  },
});
const logger = winston.createLogger({
  level: "verbose",
  defaultMeta: { shop: "a" },
  format: combine(errors({ stack: true }), splat(), hide(), json()),
  transports: [
    new winston.transports.Stream({ stream: slow, level: "info" }),
    new winston.transports.Console({ forceConsole: true, level: "info" }),
  ],
});
span("lines", {}, () => {
  logger.info("plain");
  logger.warn("with more", { account: 7, card: "4111-1111", password: "hunter2-secret-word" });
  logger.error(new RangeError("went wrong"));
  logger.log("verbose", "nobody takes it");
  logger.info("left out");
  logger.child({ part: "child" }).http("of a child");
  logger.info("numbers %d", 5);
});
for (let at = 0; at < 3; at++)
  span(`many ${at}`, {}, () => {
    for (let n = 0; n < 20; n++) logger.info(`line ${at}`);
  });
const timed = winston.createLogger({
  format: combine(timestamp(), json()),
  transports: [new winston.transports.Stream({ stream: new Writable({ write: (_line, _encoding, done) => done() }) })],
});
timed.info({ message: { nested: true } });
const silent = winston.createLogger({ silent: true, transports: [new winston.transports.Console()] });
silent.error("silent");
const wait = setInterval(() => {
  if (written.length < 64) return;
  clearInterval(wait);
  console.log("written");
}, 5);
