import { expect, it } from "vitest";
import { CancelSource, Cancelled } from "../../shared/base/cancel.js";
import { askerWith, nobody } from "../../shared/base/asker.js";
import { SharedWork } from "./shared-work.js";

const later = <Value>(): { promise: Promise<Value>; resolve(value: Value): void } => {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve(value) };
};

it("goes on while anybody wants it", async () => {
  const [end, one, two] = [later<number>(), new CancelSource(), new CancelSource()];
  let stopped = 0;
  const work = new SharedWork<number>(({ signal }) => {
    signal.onAbort(() => stopped++);
    return end.promise;
  });
  const [first, second] = [work.wait(askerWith(one)), work.wait(askerWith(two))];
  one.abort();
  await expect(first).rejects.toBeInstanceOf(Cancelled);
  expect([stopped, work.canBeJoined]).toEqual([0, true]);
  end.resolve(7);
  expect(await second).toBe(7);
  two.abort();
  expect(stopped).toBe(0);
  expect(await work.wait(nobody)).toBe(7);
});

it("is told to stop when nobody wants it", async () => {
  const sources = [new CancelSource(), new CancelSource()];
  let stopped = 0;
  const work = new SharedWork<number>(
    ({ signal }) => new Promise((_resolve, reject) => signal.onAbort(() => reject(new Error(`stopped ${++stopped}`)))),
  );
  const waiting = sources.map((source) => expect(work.wait(askerWith(source))).rejects.toBeInstanceOf(Cancelled));
  for (const source of sources) source.abort();
  await Promise.all(waiting);
  expect(work.canBeJoined).toBe(false);
  await expect(work.outcome).rejects.toThrow("stopped 1");
});

it("tells everybody who waits how far it is, and nobody who gave up", async () => {
  const [end, one] = [later<number>(), new CancelSource()];
  const told: string[] = [];
  let tell = (_done: number): void => undefined;
  const work = new SharedWork<number>((asker) => {
    tell = (done) => asker.tell({ done, total: 2, unit: "rows" });
    return end.promise;
  });
  const first = expect(work.wait(askerWith(one, ({ done }) => told.push(`one ${done}`)))).rejects.toThrow();
  const second = work.wait(askerWith(new CancelSource(), ({ done }) => told.push(`two ${done}`)));
  tell(1);
  one.abort();
  tell(2);
  end.resolve(7);
  await Promise.all([first, second]);
  tell(2);
  expect(told).toEqual(["one 1", "two 1", "two 2"]);
});
