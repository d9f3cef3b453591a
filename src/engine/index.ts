// The engine: recordings, live and saved, and every call about them. It knows neither Electron nor HTTP; hosts run it in
// a process of its own (process.ts) or, for commands that only read, in theirs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineNotice } from "../shared/protocol/engine-calls.js";
import type { CallHandlers } from "../shared/protocol/rpc.js";
import { NodeBinaries } from "./attach/node-binaries.js";
import { ReadingDoors } from "./door/reading-doors.js";
import { RecordedElsewhere } from "./door/recorded-elsewhere.js";
import { createHandlers } from "./handlers.js";
import { placesIn } from "./places.js";
import type { EngineHost } from "./private-folder.js";
import { ReadingJournal } from "./reading-journal.js";
import { Recents } from "./recents.js";
import { Recordings } from "./recordings.js";
import { KeptTexts } from "./kept-texts.js";
import { RuleFiles } from "./rule-files.js";
import { SavedLaunches } from "./saved-launches.js";
import { Webhooks } from "./webhooks.js";

export { ReadingJournal } from "./reading-journal.js";
export { hostWith, sweepPrivateFolders } from "./private-folder.js";

export interface EngineOptions {
  /** Folder of Hindcast's own package.json: the agent, the demo and the samples are found from there. */
  readonly packageFolder: string;
  /** Of programs that the engine starts; names the user's folders too. */
  readonly environment: NodeJS.ProcessEnv;
  /** File mode mask of programs that the engine starts, when the engine's own is stricter. */
  readonly umask?: number;
  /** For the engine after this one. */
  readonly journal?: ReadingJournal;
  /** Between receiving a record and its being on the disk, at most. */
  readonly durabilityMs?: number;
  /** Bytes of the disk that stay free where a recording may evict; a part of the disk when left out. */
  readonly diskReserveBytes?: number | undefined;
  readonly mostBaseBytes?: number | undefined;
  /** The built file of the thread that records. Without one an engine records on its own thread, as tests do. */
  readonly recorderThread?: URL;
  /** What becomes of an answer on its way to who asked: done once or twice with nobody waiting, so that V8 has compiled it. */
  readonly packed?: (answer: unknown) => void;
  /** Whoever starts a new engine when this one is killed: that one goes on with the live recordings. */
  readonly host?: EngineHost;
}

export interface Engine {
  readonly handlers: CallHandlers;
  /** Goes on with what an engine before this one was recording. To be awaited before anything is asked. */
  resume(): Promise<void>;
  onNotice(listener: (notice: EngineNotice) => void): void;
  /** Nobody asks any more. Resolves when no agent has been connected for a while: all there was to record is recorded. */
  finishAlone(): Promise<void>;
  /** Ends live recordings, commits what was received and closes every file. */
  dispose(): Promise<void>;
}

export function createEngine({
  packageFolder,
  environment,
  umask,
  durabilityMs,
  diskReserveBytes,
  mostBaseBytes,
  host,
  recorderThread,
  journal = ReadingJournal.unkept(),
  packed = () => undefined,
}: EngineOptions): Engine {
  const listeners: ((notice: EngineNotice) => void)[] = [];
  const places = placesIn(packageFolder, environment);
  const recents = new Recents(places.recents);
  const version = versionIn(packageFolder);
  const tell = (notice: EngineNotice): void => {
    for (const listener of listeners) listener(notice);
  };
  const doors = new ReadingDoors(version);
  const elsewhere = new RecordedElsewhere(version, tell, host?.session);
  const notify = (notice: EngineNotice): void => {
    doors.notify(notice);
    tell(notice);
  };
  const recordings = new Recordings(version, recents, notify, {
    host,
    durabilityMs,
    diskReserveBytes,
    mostBaseBytes,
    recorderThread,
    doors,
    journal,
    notes: { folder: places.notes, samples: places.samples },
    webhooks: new Webhooks({ path: places.webhooks }),
  });
  const ruleFiles = new RuleFiles(places.rules, () => tell({ kind: "rules-changed" }));
  const handlers = createHandlers({
    recordings,
    version,
    launch: { places, environment, umask },
    binaries: new NodeBinaries(),
    saved: new SavedLaunches(places.launches),
    kept: new KeptTexts(places.window),
    ruleFiles,
    packed,
  });
  doors.serve(handlers);
  return {
    handlers: elsewhere.around(handlers),
    resume: () => recordings.resume(),
    onNotice: (listener) => void listeners.push(listener),
    finishAlone: () => recordings.finishAlone(),
    dispose: async () => {
      ruleFiles.dispose();
      elsewhere.dispose();
      await recordings.dispose();
      doors.dispose();
    },
  };
}

function versionIn(packageFolder: string): string {
  const about: unknown = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8"));
  return typeof about === "object" && about !== null && "version" in about ? String(about.version) : "0.0.0";
}
