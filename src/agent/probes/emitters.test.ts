import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import * as v from "valibot";
import { afterEach, describe, expect, it } from "vitest";
import { kitForTests } from "../probe-kit.test-support.js";
import { listenersOf, watchEmitters } from "./emitters.js";

const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0).reverse()) release();
});

function watched() {
  const { kit, guest } = kitForTests();
  let counts = new Map<string, number>();
  const metric = (_name: string, _unit: string, value: number, attributes: unknown): void => {
    const { "nodejs.emitter.kind": kind } = v.parse(v.object({ "nodejs.emitter.kind": v.string() }), attributes);
    counts.set(kind, value);
  };
  const before = Reflect.get(EventEmitter, "init") as unknown;
  const stop = watchEmitters({ ...kit, sink: { metric } });
  releases.push(stop);
  const told = (): ReadonlyMap<string, number> => {
    counts = new Map();
    kit.rounds.run(false);
    return counts;
  };
  return { told, stop, guest, before };
}

const listen = (emitter: EventEmitter, times: number, event = (n: number): string => `customer ${n}`): void => {
  for (let n = 0; n < times; n++) emitter.on(event(n), () => undefined);
};

describe("listeners of emitters", () => {
  it("are told of the one of a class that has most, from a handful on and until there are none", () => {
    const { told } = watched();
    class Feed extends EventEmitter {}
    const [feed, other] = [new Feed(), new Feed()];
    listen(other, 3);
    expect([...told()]).toEqual([]);
    listen(feed, 6);
    expect(told().get("Feed")).toBe(6);
    listen(feed, 1, () => "customer 0");
    expect(told().get("Feed")).toBe(7);
    feed.removeAllListeners();
    expect(told().get("Feed")).toBe(3);
  });

  it("are found however many other emitters of the class come and go, and whenever it begins", () => {
    const { told } = watched();
    class Connection extends EventEmitter {}
    const leaking = new Connection();
    for (let second = 0; second < 20; second++) {
      for (let n = 0; n < 100; n++) listen(new Connection(), second === 3 ? 2 : 0);
      if (second > 10) listen(leaking, 1, () => `late ${second}`);
      told();
    }
    expect(told().get("Connection")).toBe(9);
    expect(listenersOf(leaking)).toBe(9);
  });

  it("count what Node's own classes have, and lists", () => {
    const { told } = watched();
    const stream = new Readable();
    listen(stream, 3, () => "data");
    listen(stream, 4, () => "error");
    expect(told().get("Readable")).toBe(7);
    expect(listenersOf(stream)).toBe(7);
  });

  it("are read without running anything of the program", () => {
    const { told, guest } = watched();
    const touched: string[] = [];
    class Trap extends EventEmitter {
      override listenerCount(): number {
        touched.push("listenerCount");
        return 0;
      }
      override eventNames(): [] {
        touched.push("eventNames");
        return [];
      }
    }
    const [trap, strange, proxied] = [new Trap(), new EventEmitter(), new Trap()];
    listen(trap, 6);
    Object.defineProperty(strange, "_events", { get: () => touched.push("_events") });
    Object.defineProperty(proxied, "_events", { value: new Proxy({}, { ownKeys: () => (touched.push("keys"), []) }) });
    expect(told().get("Trap")).toBe(6);
    expect([touched, guest.faults]).toEqual([[], 0]);
  });

  it("do not keep emitters alive, and are bounded", () => {
    const { told } = watched();
    const kept = Array.from({ length: 200 }, (_, n) => {
      const Class = { [`Class${n}`]: class extends EventEmitter {} }[`Class${n}`] ?? EventEmitter;
      const emitter = new Class();
      listen(emitter, 5);
      return emitter;
    });
    expect([kept.length, told().size]).toEqual([200, 64]);
    const huge = new EventEmitter();
    listen(huge, 5000);
    expect(listenersOf(huge)).toBe(5000);
  });

  it("leave emitters as they are, and the class as it was", () => {
    const { stop, before } = watched();
    const captured = new EventEmitter({ captureRejections: true });
    expect(Reflect.ownKeys(captured)).toEqual(Reflect.ownKeys(new EventEmitter({ captureRejections: true })));
    const refused = (): unknown => Reflect.construct(EventEmitter, [{ captureRejections: 1 }]);
    expect(refused).toThrow(expect.objectContaining({ code: "ERR_INVALID_ARG_TYPE" }));
    stop();
    expect(Reflect.get(EventEmitter, "init")).toBe(before);
  });
});
