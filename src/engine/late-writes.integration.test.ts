// Writes that come in another order than they were made, in batches of which some are held back: what is answered while they
// come, and afterwards, is the plain fold of what has come.
import { afterAll, describe, expect, it } from "vitest";
import { randomFrom } from "../shared/base/random.test-support.js";
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import { taggedJson } from "../shared/trace/tagged-json.js";
import { instantFromClock } from "../shared/trace/time.js";
import type { RecordedWrite } from "../shared/trace/write.js";
import { TestEngine } from "./engine.test-support.js";
import { LiveProgram } from "./replay/live-program.test-support.js";
import { type UpTo, stateAt } from "./replay/state-at.js";
import { RecordMaker, SocketAgent, helloOf } from "./socket-agent.test-support.js";
import { seeds } from "./replay/seeds.test-support.js";

const engine = new TestEngine(20);
afterAll(() => engine.dispose());

interface Sent {
  readonly record: AgentRecord;
  readonly write: RecordedWrite;
}

/** A third of them share an instant with the one before. */
function writesOf(program: LiveProgram, below: (limit: number) => number, originMs: number): readonly Sent[] {
  const maker = new RecordMaker();
  let clockMs = 1;
  return program.writes.map((write) => {
    if (below(3) > 0) clockMs += 1 + below(4);
    const { operation } = write;
    const record = maker.make({ kind: "write", span: 0, location: 0, afterMs: NaN, operation }, clockMs);
    return { record, write: { ...write, seq: record.seq, instant: instantFromClock(originMs, clockMs) } };
  });
}

describe("writes that come late", () => {
  it.each(seeds(1, 2, 3))("are where they belong in every answer from then on (seed %i)", async (seed) => {
    const random = randomFrom(seed * 613);
    const below = (limit: number): number => Math.floor(random() * limit);
    const program = new LiveProgram(seed);
    while (program.writes.length < 250) program.step();
    const { summary, socketPath, token } = await engine.record(`late-${seed}.hindcast`);
    const hello = helloOf({ token });
    const left = [...writesOf(program, below, hello.timeOriginMs)];
    const agent = await SocketAgent.greet(socketPath, hello);
    const { recordingId } = summary;
    const come: RecordedWrite[] = [];
    let [held, batches, late]: [Sent[], number, number] = [[], 0, 0];

    const compare = async (looks: number): Promise<void> => {
      const inOrder = come.toSorted((a, b) => a.seq - b.seq);
      for (; looks > 0; looks--) {
        const near = inOrder[below(inOrder.length)];
        if (near === undefined) return;
        const upTo: UpTo = below(2) === 0 ? { seq: near.seq } : { instant: near.instant };
        const at: CallArgs<"state.at">["at"] =
          "seq" in upTo ? { kind: "seq", process: 1, ...upTo } : { kind: "instant", instant: upTo.instant };
        const { value } = await engine.call("state.at", { recordingId, process: 1, scope: "s", at });
        const graph = stateAt(inOrder, upTo);
        const root = graph.scopes().get("s");
        expect([upTo, value]).toEqual([upTo, root && taggedJson(root, graph.contentsOf)]);
      }
    };
    const send = async (some: readonly Sent[]): Promise<void> => {
      const last = Math.max(0, ...come.map((write) => write.seq));
      late += some.filter(({ record }) => record.seq < last).length;
      agent.batch(
        ++batches,
        some.map(({ record }) => record),
      );
      await agent.acknowledged(batches);
      come.push(...some.map(({ write }) => write));
      await compare(3);
    };
    // The scope itself first, so that there is something to ask for.
    await send(left.splice(0, 5));
    while (left.length > 0) {
      const some = left.splice(0, 1 + below(40));
      if (held.length === 0 && below(3) === 0) held = some;
      else if (below(3) === 0 && held.length > 0) {
        await send([...some, ...held.splice(0)]);
      } else {
        await send(some);
        if (below(2) === 0) await send(held.splice(0));
      }
    }
    await send(held);
    expect(late).toBeGreaterThan(10);
    await compare(30);
    await engine.call("recording.stop", { recordingId });
    await compare(30);
    const whole = { recordingId, process: 1, scope: "s", path: "", limit: 10_000 } as const;
    const { writes } = await engine.call("state.history", whole);
    expect(writes.map((write) => write.seq)).toEqual(writes.map((write) => write.seq).toSorted((a, b) => a - b));
  });
});
