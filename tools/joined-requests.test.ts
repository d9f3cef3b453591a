import { describe, expect, it } from "vitest";
import { type PrintedLine, type RecordedLine, type RecordedSpan, joinedIn } from "./joined-requests.js";

/** "gateway g": a span served there; "payments p<g": one that hangs on it; "payments p~<g": one that it asked others by. */
const spansOf = (trace: string, text: string): RecordedSpan[] =>
  text.split(", ").map((one) => {
    const [, service = "", span = "", asks, parent] = /^(\w+) (\w+)(~)?(?:<(\w+))?$/.exec(one) ?? [];
    const kind = asks === undefined ? "server" : "client";
    return { service, kind, trace, span, parent: parent ?? null, database: null };
  });
const printed = (...names: string[]): PrintedLine[] =>
  names.map((name) => ({ name, requestId: "one", msg: "request completed" }));
const logged = (trace: string | null, ...names: string[]): RecordedLine[] =>
  names.map((service) => ({ service, request: "one", body: "request completed", trace }));

const sent = [{ id: "one", method: "GET", path: "/", status: 200 }];
const services = ["gateway", "payments"];
const whole = {
  sent,
  printed: printed(...services),
  spans: spansOf("t", "gateway g, gateway f~<g, payments p<f"),
  lines: logged("t", ...services),
};
const whyNot = (load: Parameters<typeof joinedIn>[0]): string[] => joinedIn(load).notJoined.map(({ why }) => why);

describe("a request of the ledger", () => {
  it("is joined when all who say that they worked for it are in the one tree that begins at the gateway", () => {
    expect(joinedIn(whole)).toEqual({
      requests: 1,
      notJoined: [],
      touched: new Map([
        ["gateway", 1],
        ["payments", 1],
      ]),
      lines: 2,
      withoutTrace: [],
      otherwise: [],
    });
  });

  it.each([
    ["a service's part is in another trace", [...spansOf("t", "gateway g"), ...spansOf("u", "payments p")]],
    ["a service only asked others", spansOf("t", "gateway g, payments p~<g")],
  ])("is not joined when %s", (_, spans) => {
    expect(whyNot({ ...whole, spans })).toEqual(["payments served it 1 times, 0 of them in its trace"]);
  });

  it("is not joined when a service answered twice for it and is there once", () => {
    const load = { ...whole, printed: printed(...services, "payments") };
    expect(whyNot(load)).toEqual(["payments served it 2 times, 1 of them in its trace"]);
  });

  it.each([
    ["a span hangs on none of its trace", "gateway g, payments p<lost"],
    ["its trace has 2 beginnings", "gateway g, payments p"],
    ["it begins past the gateway", "payments p, gateway g<p"],
  ])("is not joined when %s", (why, spans) => {
    expect(whyNot({ ...whole, spans: spansOf("t", spans) })).toEqual([why]);
  });

  it("is not joined when its lines say different things, or nothing", () => {
    const lines = [...logged("t", "gateway"), ...logged("u", "payments")];
    expect(whyNot({ ...whole, lines })).toEqual(["its lines are of 2 traces"]);
    expect(whyNot({ ...whole, lines: logged(null, ...services) })).toEqual(["no line of it has a trace"]);
    expect(whyNot({ ...whole, printed: [] })).toEqual(["no service says that it worked for it"]);
  });

  it("has lines that carry no trace, are missing, or were never printed named", () => {
    const lines = [...logged("t", "gateway"), ...logged(null, "payments"), ...logged("t", "accounts")];
    const { withoutTrace, otherwise } = joinedIn({ ...whole, printed: printed(...services, "gateway"), lines });
    expect(withoutTrace).toEqual(["payments: request completed"]);
    expect(otherwise).toEqual(["1 × gateway: request completed", "-1 × accounts: request completed"]);
  });
});
