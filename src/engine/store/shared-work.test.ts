import { expect, it } from "vitest";
import { CancelSource, Cancelled, neverCancelled } from "../../shared/base/cancel.js";
import { SharedWork } from "./shared-work.js";

const later = <Value>(): { promise: Promise<Value>; resolve(value: Value): void } => {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve(value) };
};

it("goes on while anybody wants it", async () => {
  const [end, one, two] = [later<number>(), new CancelSource(), new CancelSource()];
  let stopped = 0;
  const work = new SharedWork<number>((signal) => {
    signal.onAbort(() => stopped++);
    return end.promise;
  });
  const [first, second] = [work.wait(one), work.wait(two)];
  one.abort();
  await expect(first).rejects.toBeInstanceOf(Cancelled);
  expect([stopped, work.canBeJoined]).toEqual([0, true]);
  end.resolve(7);
  expect(await second).toBe(7);
  two.abort();
  expect(stopped).toBe(0);
  expect(await work.wait(neverCancelled)).toBe(7);
});

it("is told to stop when nobody wants it", async () => {
  const sources = [new CancelSource(), new CancelSource()];
  let stopped = 0;
  const work = new SharedWork<number>(
    (signal) => new Promise((_resolve, reject) => signal.onAbort(() => reject(new Error(`stopped ${++stopped}`)))),
  );
  const waiting = sources.map((source) => expect(work.wait(source)).rejects.toBeInstanceOf(Cancelled));
  for (const source of sources) source.abort();
  await Promise.all(waiting);
  expect(work.canBeJoined).toBe(false);
  await expect(work.outcome).rejects.toThrow("stopped 1");
});
