// The last writes of a process before a call ended, by which somebody finds what made it fail: those that mention what it was given first.
import type { Asker } from "../shared/base/asker.js";
import { type Result, ok } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import type { WriteEntry } from "../shared/protocol/engine-rows.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import { parsePath } from "../shared/trace/path.js";
import { type GivenWords, wordIn, wordsGiven } from "./mentioned.js";
import { endOfCall } from "./store/call-rows.js";
import type { Query } from "./store/readers.js";
import type { StateCalls } from "./state-calls.js";

type Asked = CallArgs<"calls.writes">;
type Answer = CallResult<"calls.writes">;

/** In each scope. More are not looked through for what a call was given. */
const mostLookedAt = 500;

export async function writesBeforeEnd(
  query: Query,
  state: Pick<StateCalls, "history" | "scopesWritten">,
  { recordingId, process, spanId, limit }: Asked,
  asker: Asker,
): Promise<Result<Answer, HindcastError>> {
  const end = await endOfCall(query, process, spanId);
  if (end === undefined) return ok({ writes: [], mentioned: [], isCut: false });
  const written = await state.scopesWritten({ recordingId, process, ...end }, asker);
  if (!written.ok) return written;
  const found = new Map<number, WriteEntry>();
  let isCut = written.value.isCut;
  for (const scope of written.value.scopes) {
    const page = await state.history(
      { recordingId, process, scope, path: "", before: end.seq, limit: mostLookedAt },
      asker,
    );
    if (!page.ok) return page;
    isCut ||= page.value.writes.length === mostLookedAt;
    // What several scopes share is named by the first.
    for (const write of page.value.writes) if (!found.has(write.seq)) found.set(write.seq, write);
  }
  const words = wordsGiven(argumentsIn(end.attributes));
  const ranked = [...found.values()]
    .map((write) => ({ write, word: wordOf(words, write) }))
    .sort((a, b) => Number(b.word !== "") - Number(a.word !== "") || b.write.seq - a.write.seq)
    .slice(0, limit);
  return ok({ writes: ranked.map(({ write }) => write), mentioned: ranked.map(({ word }) => word), isCut });
}

function wordOf(words: GivenWords, { path, oldText, newText }: WriteEntry): string {
  const parsed = parsePath(path);
  return wordIn(words, parsed.ok ? parsed.value : [], oldText, newText);
}

function argumentsIn(attributes: string): unknown {
  try {
    const bag: unknown = JSON.parse(attributes);
    return typeof bag === "object" && bag !== null && "hindcast.call.arguments" in bag
      ? bag["hindcast.call.arguments"]
      : undefined;
  } catch {
    return undefined; // a crafted file
  }
}
