import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, type Server, createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Alert } from "../shared/protocol/alert-calls.js";
import { Webhooks, requestFor, signatureOf } from "./webhooks.js";

const alert: Alert = {
  id: "a1",
  rule: "memory",
  severity: "high",
  group: { service: "auth" },
  labels: { team: "core" },
  message: "heap at 200 MB",
  first: 5n,
  last: 5n,
  count: 1,
  isSuppressed: false,
  notes: [],
};
const incident = { alert, firing: { alert: "a1", at: 5n, said: [], outcomes: [] } };

describe("Webhooks", () => {
  let folder: string;
  let server: Server;
  let answers: number[];
  let got: { readonly headers: IncomingHttpHeaders; readonly body: string }[];
  const waits: number[] = [];
  beforeEach(async () => {
    [folder, answers, got] = [mkdtempSync(join(tmpdir(), "hindcast-test-")), [], []];
    waits.length = 0;
    server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => (body += part));
      request.on("end", () => {
        got.push({ headers: request.headers, body });
        response.writeHead(answers.shift() ?? 200, { location: "/elsewhere" }).end("ok");
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const path = (): string => join(folder, "webhooks.json");
  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const hooks = (written: unknown): Webhooks => {
    writeFileSync(path(), JSON.stringify(written));
    const wait = (ms: number): Promise<void> => {
      waits.push(ms);
      return Promise.resolve();
    };
    return new Webhooks({ path: path(), now: () => 1_700_000_000_000, wait });
  };

  it("sends an incident, signed by what only both sides know", async () => {
    const told = await hooks({ ops: { url: address(), secret: "s3" } }).call("ops", incident, "too much");
    expect(told).toEqual({ action: "webhook ops", done: true, what: "it answered 200" });
    const [{ headers, body } = { headers: {}, body: "" }] = got;
    expect(JSON.parse(body)).toEqual({
      alert: "a1",
      rule: "memory",
      severity: "high",
      group: { service: "auth" },
      labels: { team: "core" },
      count: 1,
      at: "5",
      message: "too much",
    });
    expect(headers["x-hindcast-timestamp"]).toBe("1700000000");
    expect(headers["x-hindcast-signature"]).toBe(signatureOf("s3", "1700000000", body));
    // As openssl has it: printf 1.x | openssl dgst -sha256 -hmac key
    expect(signatureOf("key", "1", "x")).toBe(
      "sha256=fc4913c41a7bf793267e2a384f3261c9436ec2cd097bd745e7b0d99113f510ec",
    );
  });

  it("speaks to Slack and to PagerDuty as they understand it", () => {
    const of = (shape: "slack" | "pagerduty"): unknown =>
      JSON.parse(requestFor({ url: "http://x", shape, routingKey: "rk" }, incident, "", 0).body);
    expect(of("slack")).toEqual({ text: "*memory* (high): service auth: heap at 200 MB" });
    expect(of("pagerduty")).toMatchObject({
      routing_key: "rk",
      event_action: "trigger",
      dedup_key: "a1",
      payload: { summary: "memory: heap at 200 MB", source: "auth", severity: "error" },
    });
  });

  it("tries again, ever later, what may go well another time, and says how often", async () => {
    const calls = hooks({ ops: { url: address() } });
    answers = [503, 429, 200];
    expect(await calls.call("ops", incident, "")).toMatchObject({ done: true });
    expect([got.length, waits]).toEqual([3, [1000, 4000]]);
    answers = [500, 500, 500, 500, 500];
    expect(await calls.call("ops", incident, "")).toMatchObject({
      done: false,
      what: "it answered 500, tried 5 times",
    });
    answers = [404];
    expect(await calls.call("ops", incident, "")).toMatchObject({ done: false, what: "it answered 404, tried once" });
    answers = [302];
    expect(await calls.call("ops", incident, "")).toMatchObject({ done: false, what: "it answered 302, tried once" });
    expect(got).toHaveLength(10);
    calls.dispose();
    answers = [500];
    expect(await calls.call("ops", incident, "")).toMatchObject({ what: "it answered 500, tried once" });
  });

  it("says what is wrong with the file of webhooks", async () => {
    const none = new Webhooks({ path: path() });
    expect(await none.call("ops", incident, "")).toMatchObject({ done: false, what: `there is no ${path()}` });
    expect(await hooks({}).call("ops", incident, "")).toMatchObject({
      what: `${path()} has no webhook of this name`,
    });
    expect(await hooks({ ops: { url: "file:///etc/passwd" } }).call("ops", incident, "")).toMatchObject({
      what: `${path()} cannot be read at ops.url`,
    });
    expect(await hooks({ ops: { url: "http://127.0.0.1:1/" } }).call("ops", incident, "")).toMatchObject({
      done: false,
      what: expect.stringMatching(/^it could not be reached \(.+\), tried 5 times$/) as unknown,
    });
  });
});
