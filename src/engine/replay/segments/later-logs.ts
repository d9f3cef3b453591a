// What was written to large objects since they were written down whole, kept by the recorder so that a keyframe need not say
// all that they hold. What an earlier keyframe said is said again by a later one that has as much to add: so each write is
// written down a logarithm of times, and reading one object takes a logarithm of keyframes.
import { type LaterStretch, type LaterWrites, StretchWriter, mostVersions } from "./later-writes.js";
import type { ObjectWrite } from "./operation-payload.js";

/** What the keyframe of segment `version` says. */
interface Said {
  readonly version: number;
  readonly bytes: number;
  /** Undefined where they are not in memory any more: a later keyframe goes on from there. */
  readonly stretches: readonly LaterStretch[] | undefined;
}

class LaterLog {
  /** Oldest first. */
  #said: Said[] = [];
  #open: StretchWriter | undefined;
  #unsaid: LaterStretch[] = [];

  /** `whole`: the segment whose keyframe has all that it held. */
  constructor(readonly whole: number) {}

  add(segment: number, operation: ObjectWrite, isFound: boolean): void {
    if (this.#open?.segment !== segment) this.#closeStretch();
    this.#open ??= new StretchWriter(segment);
    this.#open.add(operation, isFound);
  }

  #closeStretch(): void {
    if (this.#open !== undefined) this.#unsaid.push(this.#open.stretch());
    this.#open = undefined;
  }

  /** What the keyframe of segment `version` is to say; undefined when reading it would take too many others. */
  say(version: number): LaterWrites | undefined {
    this.#closeStretch();
    let stretches: readonly LaterStretch[] = this.#unsaid;
    let bytes = stretches.reduce((total, stretch) => total + stretch.bytes.length, 0);
    const said = [...this.#said];
    for (let last = said.at(-1); last?.stretches !== undefined && last.bytes <= bytes; last = said.at(-1)) {
      stretches = [...last.stretches, ...stretches];
      bytes += last.bytes;
      said.pop();
    }
    if (said.length + 1 > mostVersions) return undefined;
    const versions = [...said.map((one) => one.version).reverse(), this.whole];
    this.#said = [...said, { version, bytes, stretches }];
    this.#unsaid = [];
    return { versions, stretches };
  }

  /** What was said is in the file. */
  forget(): void {
    this.#said = this.#said.map((one) => ({ ...one, stretches: undefined }));
  }
}

export class LaterLogs {
  readonly #logs = new Map<number, LaterLog>();
  /** Objects of which nobody knows any more what was said of them: they are written down whole before anything else is. */
  readonly #unknown = new Set<number>();

  setUnknown(id: number): void {
    this.#unknown.add(id);
  }

  /** A write to an object that was written down in the keyframe of segment `version`, whole if none was said of it since. */
  add(id: number, version: number, segment: number, operation: ObjectWrite, isFound: boolean): void {
    if (this.#unknown.has(id)) return;
    let log = this.#logs.get(id);
    if (log === undefined) {
      log = new LaterLog(version);
      this.#logs.set(id, log);
    }
    log.add(segment, operation, isFound);
  }

  say(id: number, version: number): LaterWrites | undefined {
    return this.#logs.get(id)?.say(version);
  }

  writtenWhole(id: number): void {
    this.#logs.delete(id);
    this.#unknown.delete(id);
  }

  forget(id: number): void {
    this.#logs.get(id)?.forget();
  }
}
