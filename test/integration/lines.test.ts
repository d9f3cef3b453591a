// Level `lines`: which statements of calls ran and what their variables were is what one reads off the program by hand, in every kind of
// file; of chosen functions alone; and what is left out is counted and said.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import * as v from "valibot";
import { Place } from "./hindcast-process.js";

const place = new Place();
afterAll(() => place.remove());

const callRow = v.object({
  function: v.string(),
  start: v.string(),
  durationNs: v.nullable(v.number()),
  lines: v.optional(
    v.array(v.object({ line: v.number(), sinceFirstNs: v.number(), changed: v.record(v.string(), v.unknown()) })),
  ),
  linesLeftOut: v.optional(v.number()),
});
type Call = v.InferOutput<typeof callRow>;

const tsx = join(import.meta.dirname, "../../node_modules/tsx/dist/cli.mjs");
let recordings = 0;

async function recorded(file: string, source: string, options: readonly string[], command = ["node"]): Promise<Call[]> {
  writeFileSync(place.path(file), source);
  const recording = `${++recordings}-${file}.hindcast`;
  const words = ["record", "-o", recording, ...options, "--", ...command, file];
  expect(await place.start(words).ended).toMatchObject({ code: 0, err: "" });
  const { out } = await place.start(["calls", recording, "--json"]).ended;
  return out.split("\n").flatMap((line) => (line === "" ? [] : [v.parse(callRow, JSON.parse(line))]));
}

/** `3 a=1 b=[2] | 4` */
const textOf = (call: Call | undefined): string =>
  (call?.lines ?? [])
    .map(({ line, changed }) =>
      [line, ...Object.entries(changed).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(" "),
    )
    .join(" | ");

const stepsOf = (calls: readonly Call[]): Record<string, string> =>
  Object.fromEntries(calls.map((call) => [call.function, textOf(call)]));

const level = ["--level", "lines"];

const program = `function total(items, rate) {
  let sum = 0;
  for (const item of items)
    sum += item.price;
  if (sum > 10) {
    const off = sum * rate;
    sum -= off;
  } else return 0;
  switch (items.length) {
    case 1: let one = 1; break;
    default: sum += 1;
  }
  return sum;
}
async function later(user) {
  const list = [1];
  await null;
  list.push(2);
  user.name = "new";
}
const next = (n) => n + 1;
function shadow(x) {
  {
    let x = 2;
    x++;
  }
  var y = x;
  { function inner() {} }
  try { throw new Error("no"); } catch ({ message }) { y = message; }
}
function* some() {
  const got = yield 1;
  yield got;
}
class Cart {
  constructor(id) { this.id = id; }
  add(what) { const before = this.id; this.id = what; return before; }
}
total([{ price: 7 }, { price: 8 }], 0.5);
later({ name: "old" });
next(3);
shadow(1);
const it = some(); it.next(); it.next("b"); it.next();
new Cart(1).add(2);
`;

const wanted = {
  total:
    '2 items=["[Object]","[Object]"] rate=0.5 | 3 sum=0 | 4 item={"price":7} | 4 sum=7 item={"price":8} | 5 sum=15 | 6 | 7 off=7.5 | ' +
    "9 sum=7.5 | 11 | 13 sum=8.5",
  later: '16 user={"name":"old"} | 17 list=[1] | 18 | 19 list=[1,2] | 20 user={"name":"new"}',
  next: "21 n=3",
  shadow: '23 x=1 | 24 | 25 x=2 | 27 x=1 | 28 y=1 | 29 | 29 | 29 message="no" | 30 y="no"',
  some: '32 | 33 got="b" | 34',
  "new Cart": "36 id=1 | 36",
  "Cart.add": "37 what=2 | 37 before=1 | 37",
};

describe("at level lines", () => {
  it.each(["a.mjs", "a.cjs"])(
    "the statements that ran and the variables before each are recorded (%s)",
    async (file) => {
      expect(stepsOf(await recorded(file, program, level))).toEqual(wanted);
    },
  );

  it("lines are those of the TypeScript that was written", async () => {
    const typed = program
      .replace("items, rate", "items: { price: number }[], rate: number")
      .replace("function total", "interface Never {\n  it: string;\n}\nfunction total");
    const lines = stepsOf(await recorded("a.ts", typed, level, ["node", tsx]));
    const moved = wanted.total.replace(
      /(^|\| )(\d+)/g,
      (_, before: string, line: string) => `${before}${Number(line) + 3}`,
    );
    expect(lines["total"]).toBe(moved);
  });

  it("time goes on from one to the next, and stays within the call", async () => {
    const calls = await recorded("t.mjs", program, level);
    for (const { lines = [], durationNs } of calls) {
      const times = lines.map(({ sinceFirstNs }) => sinceFirstNs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0]).toBe(0);
      expect(times.at(-1)).toBeLessThanOrEqual(durationNs ?? Infinity);
    }
  });

  it("only chosen functions and files are looked at so closely; all calls are there", async () => {
    const of = async (...lines: string[]) => {
      const calls = await recorded("b.mjs", program, [...level, "--lines", ...lines]);
      expect(calls.map((call) => call.function).sort()).toEqual(Object.keys(wanted).sort());
      return calls.flatMap((call) => (call.lines === undefined ? [] : [call.function])).sort();
    };
    expect(await of("add,sh*")).toEqual(["Cart.add", "shadow"]);
    expect(await of("Cart.add", "b.mjs")).toEqual(Object.keys(wanted).sort());
    expect(await of("src/*.mjs")).toEqual([]);
  });

  it("at level calls there are none, and --lines is refused", async () => {
    expect(stepsOf(await recorded("c.mjs", program, ["--level", "calls"]))).toEqual(
      Object.fromEntries(Object.keys(wanted).map((name) => [name, ""])),
    );
    const { err, code } = await place.start(["record", "-o", "x.hindcast", "--lines", "add", "--", "node", "c.mjs"])
      .ended;
    expect([code, err]).toEqual([1, expect.stringContaining("--lines goes with --level lines")]);
  });

  it("statements beyond the first of a call are counted, to the last one", async () => {
    const hot = "function hot(n) { let s = 0; for (let i = 0; i < n; i++) s += i; return s; }\nhot(1000);";
    const [call] = await recorded("hot.mjs", hot, level);
    // let, for, each of the thousand, return.
    expect((call?.lines?.length ?? 0) + (call?.linesLeftOut ?? 0)).toBe(1003);
    expect(call?.lines?.at(-1)?.changed).toEqual({ s: (196 * 197) / 2, i: 197 });
  });

  it("secrets among variables are not recorded", async () => {
    const secret =
      "function signIn() { const password = 'hunter2-and-more'; const user = { token: 'hunter2-and-more' }; return 1; }\nsignIn();";
    const [call] = await recorded("secret.mjs", secret, level);
    expect(call?.lines).toHaveLength(3);
    expect(JSON.stringify(call)).not.toContain("hunter2");
  });

  it("the recording says so when the time for it is used up", async () => {
    const busy =
      "function busy(o) { o.a = [1, 2, 3]; o.b = { c: 'text' }; return o; }\n" +
      "const until = Date.now() + 2500; while (Date.now() < until) busy({ n: 1 });";
    writeFileSync(place.path("busy.mjs"), busy);
    const words = ["record", "-o", "busy.hindcast", ...level, "--overflow", "block", "--", "node", "busy.mjs"];
    expect(await place.start(words).ended).toMatchObject({ code: 0 });
    const { out } = await place.start(["events", "busy.hindcast", "--json"]).ended;
    expect(out).toContain('"hindcast.lines.off"');
  });

  it("they are printed below their calls", async () => {
    await recorded("d.mjs", program, level);
    const { out } = await place.start(["calls", `${recordings}-d.mjs.hindcast`, "--function", "next", "--steps"]).ended;
    expect(out.split("\n").slice(1)).toEqual(["  line 21  n = 3", ""]);
  });
});
