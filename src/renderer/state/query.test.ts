import { describe, expect, it } from "vitest";
import { failed, ok, type Result } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { Query } from "./query.svelte.js";

/** A request that the test answers when it likes. */
function request(name: string, log: string[]) {
  let answer: (outcome: Result<string, HindcastError>) => void = () => undefined;
  const ask = (signal: AbortSignal) => {
    log.push(`ask ${name}`);
    signal.addEventListener("abort", () => log.push(`abort ${name}`));
    return new Promise<Result<string, HindcastError>>((resolve) => (answer = resolve));
  };
  const reply = async (outcome: Result<string, HindcastError>) => {
    answer(outcome);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { ask, reply };
}

describe("Query", () => {
  it("keeps its value when the engine goes away before it answers, and says that it was interrupted", async () => {
    const query = new Query<string>();
    const [first, second, third] = [request("1", []), request("2", []), request("3", [])];
    query.load(first.ask);
    await first.reply(ok("one"));
    query.load(second.ask);
    await second.reply(failed(hindcastError("engine-lost")));
    expect([query.value, query.wasInterrupted]).toEqual(["one", true]);
    query.load(third.ask);
    await third.reply(ok("three"));
    expect([query.value, query.wasInterrupted]).toEqual(["three", false]);
  });

  it("runs one request, keeps one waiting, and skips those between", async () => {
    const log: string[] = [];
    const query = new Query<string>();
    const [first, second, third] = [request("1", log), request("2", log), request("3", log)];
    query.load(first.ask);
    query.load(second.ask);
    query.load(third.ask);
    await first.reply(ok("one"));
    expect(query.value).toBe("one");
    await third.reply(ok("three"));
    expect([query.value, query.runningSinceMs]).toEqual(["three", undefined]);
    expect(log).toEqual(["ask 1", "ask 3"]);
  });

  it("waits less long where it is told to, and then also for those that would have waited", async () => {
    const log: string[] = [];
    const query = new Query<string>(60_000);
    const [slow, second, third] = [request("slow", log), request("second", log), request("third", log)];
    query.load(slow.ask);
    query.load(second.ask);
    query.load(third.ask, 30);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await third.reply(ok("third"));
    expect([log, query.value]).toEqual([["ask slow", "abort slow", "ask third"], "third"]);
  });

  it("gives up a slow request once a newer one waits", async () => {
    const log: string[] = [];
    const query = new Query<string>(200);
    const [slow, newer] = [request("slow", log), request("newer", log)];
    query.load(slow.ask);
    query.load(newer.ask);
    await new Promise((resolve) => setTimeout(resolve, 260));
    expect(log).toEqual(["ask slow", "abort slow", "ask newer"]);
    await slow.reply(ok("late"));
    await newer.reply(ok("newer"));
    expect(query.value).toBe("newer");
  });

  it("lets a slow request finish however often it is asked anew meanwhile", async () => {
    const log: string[] = [];
    const query = new Query<string>();
    const slow = request("slow", log);
    query.load(slow.ask);
    for (let i = 0; i < 20; i++) {
      query.load(request(`newer ${i}`, log).ask);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await slow.reply(ok("slow"));
    expect([query.value, log]).toEqual(["slow", ["ask slow", "ask newer 19"]]);
  });

  it("says that it was cancelled when there is nothing to show", () => {
    const query = new Query<string>();
    query.load(request("slow", []).ask);
    query.cancel();
    expect(query.loaded).toEqual({ status: "failed", error: hindcastError("cancelled") });
  });

  it("forgets the old value when restarted, and shows what failed", async () => {
    const log: string[] = [];
    const query = new Query<string>();
    const [first, other] = [request("1", log), request("2", log)];
    query.load(first.ask);
    await first.reply(ok("one"));
    query.restart(other.ask);
    expect(query.loaded).toEqual({ status: "loading" });
    await other.reply(failed(hindcastError("recording-closed")));
    expect(query.loaded).toEqual({ status: "failed", error: hindcastError("recording-closed") });
  });
});

describe("Query that is stopped", () => {
  it("shows how far it is while it runs, then that its value is an older one, until it has asked again", async () => {
    const query = new Query<string>();
    const [first, second] = [request("1", []), request("2", [])];
    query.load(first.ask);
    await first.reply(ok("one"));
    let tell: (done: number) => void = () => undefined;
    query.load((signal, told) => {
      tell = (done) => told({ done, total: 4, unit: "rows" });
      return second.ask(signal);
    });
    tell(1);
    expect([query.progress?.done, query.isStopped]).toEqual([1, false]);
    query.cancel();
    tell(2);
    expect([query.value, query.progress, query.isStopped, query.runningSinceMs]).toEqual([
      "one",
      undefined,
      true,
      undefined,
    ]);
    query.retry();
    expect([query.isStopped, query.runningSinceMs === undefined]).toEqual([false, false]);
    await second.reply(ok("two"));
    expect([query.value, query.isStopped]).toEqual(["two", false]);
    query.cancel();
    expect(query.isStopped).toBe(false);
  });

  it("asks again what waited, not what was under way", async () => {
    const log: string[] = [];
    const query = new Query<string>();
    const first = request("1", log);
    query.load(first.ask);
    await first.reply(ok("one"));
    query.load(request("2", log).ask);
    query.load(request("3", log).ask);
    query.cancel();
    query.retry();
    expect(log).toEqual(["ask 1", "ask 2", "abort 2", "ask 3"]);
  });
});
