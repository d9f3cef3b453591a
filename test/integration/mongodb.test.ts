// The package mongodb in three versions. There is no server of MongoDB to be had here: one that stands in for it speaks its
// wire protocol, so that what this shows is how the driver is seen, and not how a server behaves.
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProgramSeen, SpanSeen } from "./agent-listener.js";
import { callLines, expectOwnRequests, recordedAlike } from "./databases.js";
import { type StandIn, startMongodbStandIn } from "./mongodb-stand-in.js";

const programs = join(import.meta.dirname, "../programs/databases");
const modules = join(import.meta.dirname, "../../node_modules");
const root = realpathSync(mkdtempSync(join(tmpdir(), "hindcast-mongodb-")));
let server: StandIn | undefined;
beforeAll(async () => {
  server = await startMongodbStandIn();
});
afterAll(() => {
  server?.stop();
  rmSync(root, { recursive: true, force: true });
});

/** An earlier version stands under its own name, beside a copy of the program. */
function programOf(name: string): string {
  if (name === "mongodb") return join(programs, "mongodb.mjs");
  cpSync(programs, join(root, name), { recursive: true });
  cpSync(join(modules, name), join(root, name, "node_modules/mongodb"), { recursive: true });
  return join(root, name, "mongodb.mjs");
}

const isNumbered = ({ name }: SpanSeen): boolean => / number_\d+$/.test(name);
const callsIn = (program: ProgramSeen): SpanSeen[] =>
  program.spans.filter((span) => span.attributes["db.system.name"] === "mongodb" && !isNumbered(span));

describe("mongodb", () => {
  it.each(["mongodb", "mongodb6", "mongodb5"])(
    "of version %s is recorded command by command, without values",
    async (name) => {
      const environment = { DATABASE_PORT: String(server?.port), NODE_PATH: modules };
      const program = await recordedAlike(programOf(name), environment);
      const calls = callsIn(program);
      // Of what a version says besides.
      const besides = /,"(?:ordered|bypassEmptyTsReplacement)":"\?"|(?<="singleBatch":"\?"),"batchSize":"\?"/g;
      const lines = callLines(calls.filter(({ name }) => name !== "endSessions")).map((line) =>
        line.replace(besides, ""),
      );
      expect(lines).toEqual([
        'drop users: {"drop":"users"}',
        'insert users: {"insert":"users","documents":[{"_id":"?","name":"?","born":"?","key":"?"}]}',
        'insert users: {"insert":"users","documents":[{"_id":"?","name":"?","nested":{"deep":["?"]}},…]}',
        'insert users !WriteError: {"insert":"users","documents":[{"_id":"?"}]}',
        'find users: {"find":"users","filter":{"_id":"?"},"projection":{"born":"?","key":"?"},"limit":"?","singleBatch":"?"}',
        'find users: {"find":"users","filter":{"name":"?"},"batchSize":"?"}',
        'getMore users: {"getMore":"?","collection":"users","batchSize":"?"}',
        'update users: {"update":"users","updates":[{"q":{"_id":"?"},"u":{"$set":{"name":"?"}}}]}',
        'delete users: {"delete":"users","deletes":[{"q":{"_id":"?"},"limit":"?"}]}',
        'aggregate users !MongoServerError: {"aggregate":"users","pipeline":[{"$match":{"name":"?"}}],"cursor":{}}',
        'ping: {"ping":"?"}',
        'insert users !WriteError: {"insert":"users","documents":[{"_id":"?"}]}',
      ]);
      expect(calls[3]?.attributes).toMatchObject({
        "db.response.status_code": "11000",
        "exception.message": "E11000 duplicate key error",
      });
      expect(calls[1]).toMatchObject({
        kind: "client",
        attributes: {
          "db.operation.name": "insert",
          "db.collection.name": "users",
          "db.namespace": "test",
          "server.address": "127.0.0.1",
          "server.port": server?.port,
        },
      });
      expect(JSON.stringify(calls)).not.toContain("secret value");
      expectOwnRequests(program, (text) => {
        const number = /"find":"number_(\d+)"/.exec(text)?.[1];
        return number === undefined ? undefined : Number(number);
      });
    },
  );
});
