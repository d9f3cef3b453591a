// The recordings that the welcome page offers: samples that came with Hindcast and those used recently, with what is
// known of each. A file is looked into once and again when it has changed; what is in use, damaged or vanishes meanwhile
// has no facts, and never keeps the others from being listed.
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Asker, askerWith, tellPart } from "../shared/base/asker.js";
import type { RecordingFile } from "../shared/protocol/recording-summary.js";
import type { FileFacts, KnownFiles } from "./known-files.js";
import type { Places } from "./places.js";
import type { Recent } from "./recents.js";
import type { Recordings } from "./recordings.js";
import { density } from "./store/density.js";
import { glanceAt } from "./store/glance.js";
import { hasLog } from "./store/left-log.js";
import { queryFor } from "./store/readers.js";

const buckets = 40;

type Learned = Parameters<KnownFiles["learned"]>[0][number];

/** Throws `Cancelled` when who asks gives up. */
export async function listRecordings(places: Places, recordings: Recordings, asker: Asker): Promise<RecordingFile[]> {
  const recent = await recordings.recents.list();
  const samples = (await readdir(places.samples).catch(() => []))
    .filter((name) => name.endsWith(".hindcast"))
    .map((name): Recent => ({ path: join(places.samples, name) }));
  const isSample = (path: string): boolean => samples.some((sample) => sample.path === path);
  const listed = [
    ...samples.map((sample) => ({
      one: recent.find(({ path }) => path === sample.path) ?? sample,
      origin: "sample" as const,
    })),
    ...recent.filter(({ path }) => !isSample(path)).map((one) => ({ one, origin: "recent" as const })),
  ];
  let done = 0;
  const learned: Learned[] = [];
  const files = await Promise.all(
    listed.map(async ({ one, origin }) => {
      const file = await fileOf(one, origin, recordings, learned, asker);
      tellPart(asker, { done: ++done, total: listed.length, unit: "files" });
      return file;
    }),
  );
  await recordings.recents.known.learned(learned);
  return files.filter((file) => file !== undefined).sort((a, b) => (a.modified < b.modified ? 1 : -1));
}

async function fileOf(
  recent: Recent,
  origin: RecordingFile["origin"],
  recordings: Recordings,
  learned: Learned[],
  asker: Asker,
): Promise<RecordingFile | undefined> {
  const { path } = recent;
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) return undefined;
  const [sizeBytes, modifiedMs] = [Number(found.size), Number(found.mtimeMs)];
  const about = { path, sizeBytes, modifiedMs };
  const known = await recordings.recents.known.factsOf(about);
  const facts = known ?? (await factsOf(recordings, path, asker).catch(() => undefined));
  if (facts !== undefined && known === undefined) learned.push({ ...about, facts });
  return {
    path,
    name: basename(path).replace(/\.hindcast$/, ""),
    origin,
    sizeBytes,
    modified: found.mtimeNs,
    ...(recent.tags === undefined ? {} : { tags: [...recent.tags] }),
    facts: facts === undefined ? undefined : { ...facts, density: Uint32Array.from(facts.density) },
  };
}

async function factsOf(recordings: Recordings, path: string, { signal }: Asker): Promise<FileFacts | undefined> {
  // How far each is would be told of all.
  const quiet = askerWith(signal);
  if (!recordings.isOpen(path) && !hasLog(path)) {
    const glance = await recordings.glance(path, (file) => glanceAt(file, buckets, quiet));
    if (glance === undefined) return undefined;
    const { services, start, end, density: records } = glance;
    return { services, durationNs: Number(end - start), density: records };
  }
  return recordings.peek(path, quiet, async (recording) => {
    const { start, end, processes } = recording.facts();
    const { records } = await density(queryFor(recording.query, quiet), { from: start, to: end + 1n, buckets });
    const services = [...new Set(processes.map(({ serviceName }) => serviceName))];
    return { services, durationNs: Number(end - start), density: [...records] };
  });
}
