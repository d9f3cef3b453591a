// Lines of every kind; what is written is printed without what differs between two runs.
const bunyan = require("bunyan");
const { span } = require("hindcast");

const print = {
  write(line) {
    const { time, pid, hostname, err, ...rest } = JSON.parse(line);
    process.stdout.write(`${JSON.stringify({ ...rest, err: err?.message })}\n`);
  },
};
const serializers = { ...bunyan.stdSerializers, order: ({ id }) => ({ id }) };
const logger = bunyan.createLogger({ name: "shop", serializers, streams: [{ level: "info", stream: print }] });
span("lines", {}, () => {
  logger.info("plain");
  logger.warn({ order: { id: 7, card: "4111-1111" }, password: "hunter2-secret-word" }, "with %s", "more");
  logger.error(new RangeError("went wrong"), "failed");
  logger.debug("nobody takes it");
  logger.child({ part: "child" }).fatal("of a child");
});
