// The side of a recorder that owns the file: agents' sockets, ingest, commits, and every query while it records. It has a
// thread of its own, so that what a commit holds up is not what people wait for; in tests it may share the engine's.
import { CancelSource } from "../../shared/base/cancel.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { ringBytesAtFirst } from "../../shared/protocol/ring-cost.js";
import { type Asker, askerWith } from "../../shared/base/asker.js";
import { unreachable } from "../../shared/base/unreachable.js";
import { type AgentServer, listenForAgents } from "../agent-server.js";
import { type LeftIn, takeLeftBehind } from "../left-behind.js";
import { rememberedEnds } from "../ingest/lanes.js";
import type { ProcessIngest } from "../ingest/process-ingest.js";
import { type LiveEvents, LiveRecording } from "../live-recording.js";
import { damageReason } from "../store/damage.js";
import { type Exported, exportFile } from "../store/export-file.js";
import { type OpenFile, createFile, openForWriting } from "../store/open-file.js";
import { FileClosed, Readers } from "../store/readers.js";
import { readStoredRecording } from "../store/stored-recording.js";
import { parentsOf } from "../store/parents.js";
import { kindOf } from "../store/process-lineage.js";
import type { ProcessRow } from "../store/recording-rows.js";
import { readFacts } from "../store/summary.js";
import { UnrecordedChildren } from "../unrecorded-children.js";
import type { Answer, FromRecorder, LiveFacts, Request, RequestKind, ToBegin, ToRecorder } from "./messages.js";
import type { Port } from "./port.js";

export function serveRecorder(port: Port<ToRecorder, FromRecorder>): void {
  const served = new ServedRecorder(port);
  port.onMessage((message) => served.take(message));
}

interface Recording {
  readonly file: OpenFile;
  readonly readers: Readers;
  readonly live: LiveRecording;
  readonly server: AgentServer;
  readonly leftIn: LeftIn;
  readonly unrecorded: UnrecordedChildren;
}

class ServedRecorder {
  readonly #running = new Map<number, CancelSource>();
  #recording: Recording | undefined;
  #shared: Int32Array = new Int32Array(1);
  #told = 0;
  #takingLeft = Promise.resolve();
  #scopesTold = 0;

  constructor(readonly port: Port<ToRecorder, FromRecorder>) {}

  take(message: ToRecorder): void {
    if (message.kind === "give-up") this.#running.get(message.id)?.abort();
    else void this.#answer(message.id, message.request);
  }

  async #answer(id: number, request: Request): Promise<void> {
    const signal = new CancelSource();
    this.#running.set(id, signal);
    try {
      this.#tell({ kind: "answer", id, answer: await this.#outcomeOf(id, request, signal) });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      this.#tell({ kind: "failed", id, name, message });
    } finally {
      this.#running.delete(id);
    }
  }

  async #outcomeOf(id: number, request: Request, signal: CancelSource): Promise<Answer<RequestKind>> {
    switch (request.kind) {
      case "create":
        return this.#create(request);
      case "resume":
        return this.#resume(request);
      case "query": {
        const rows = await this.#begun().readers.query(request.sql, request.values, this.#askerOf(id, signal));
        return rows.toMessage();
      }
      case "commit":
        return void (await this.#begun().live.commit());
      case "export":
        return this.#export(id, request, signal);
      case "pin":
        return this.#begun().live.pin(request.label, request.since, request.until);
      case "unpin":
        return this.#begun().live.unpin(request.id);
      case "keep":
        return void (await this.#begun().live.changeKept(request.changes));
      case "presence": {
        const { live, server } = this.#begun();
        return { connected: server.connected(), haveAllSaidBye: live.haveAllSaidBye };
      }
      case "detach":
        return void (await this.#begun().server.detach(request.withinMs));
      case "configure":
        this.#begun().server.configure(request);
        return undefined;
      case "quiet":
        return void (await this.#begun().server.whenQuiet(request.withinMs));
      case "finish":
        return void (await this.#finish(request));
      case "close":
        return void (await this.#close());
      default:
        return unreachable(request);
    }
  }

  #askerOf(id: number, signal: CancelSource): Asker {
    return askerWith(signal, (progress) => this.#tell({ kind: "progress", id, progress }));
  }

  #begun(): Recording {
    if (this.#recording === undefined) throw new FileClosed();
    return this.#recording;
  }

  async #create(request: Extract<Request, { kind: "create" }>): Promise<Result<undefined, HindcastError>> {
    const { path, created, appVersion, limits } = request;
    const file = await createFile(path, { created, appVersion });
    if (!file.ok) return file;
    const live = await LiveRecording.open(file.value, path, created, this.#eventsOf(request), limits);
    await this.#begin(request, file.value, live, await Readers.open(file.value.instance));
    return ok(undefined);
  }

  async #resume(request: Extract<Request, { kind: "resume" }>): Promise<Result<undefined, HindcastError>> {
    const { path } = request;
    const file = await openForWriting(path);
    if (!file.ok) return file;
    const readers = await Readers.open(file.value.instance);
    try {
      const stored = await readStoredRecording(readers.query, rememberedEnds);
      const facts = await readFacts(readers.query);
      const live = await LiveRecording.resume(file.value, path, { stored, facts }, this.#eventsOf(request));
      await this.#begin(request, file.value, live, readers);
      return ok(undefined);
    } catch (error) {
      await readers.dispose();
      await file.value.dispose();
      return failed(hindcastError("damaged-recording", { path, reason: damageReason(error) }));
    }
  }

  async #begin(request: ToBegin, file: OpenFile, live: LiveRecording, readers: Readers): Promise<void> {
    this.#shared = new Int32Array(request.told);
    const leftIn = request.listensAt;
    const unrecorded = new UnrecordedChildren(live, leftIn.socketPath);
    this.#recording = { file, readers, live, server: await listenForAgents(live, leftIn), leftIn, unrecorded };
    unrecorded.start();
    this.#tellFacts(live);
    // By programs that ended while no engine was here.
    void this.#takeLeft();
  }

  /** One after the other: each file is taken once. Of all processes only when none can be connected. */
  #takeLeft(runId?: string): Promise<void> {
    this.#takingLeft = this.#takingLeft.then(async () => {
      if (this.#recording !== undefined) await takeLeftBehind(this.#recording.live, this.#recording.leftIn, runId);
    });
    return this.#takingLeft;
  }

  #eventsOf({ durabilityMs, diskReserveBytes, mostBaseBytes }: ToBegin): LiveEvents {
    return {
      durabilityMs,
      diskReserveBytes,
      mostBaseBytes,
      onProcess: (live) => this.#tellFacts(live),
      onConnectionLost: (runId) => void this.#takeLeft(runId),
      onCommit: (live) => this.#tellFacts(live),
      onFailure: (error, live) => {
        this.#tellFacts(live);
        this.#tell({ kind: "trouble", error });
      },
    };
  }

  /** Told before it can be seen that there is something to tell: who sees it waits for it to arrive. */
  #tellFacts(live: LiveRecording): void {
    const { generation, changes, lateWrites, start, processes, scopes, keptCounts: counts, load, failure, kept } = live;
    const facts: LiveFacts = {
      told: ++this.#told,
      generation,
      changes,
      lateWrites,
      start,
      processes: summariesOf(processes),
      newScopes: scopes.slice(this.#scopesTold),
      counts,
      engine: load,
      kept,
      failure,
    };
    this.#scopesTold = scopes.length;
    this.#tell({ kind: "facts", facts });
    Atomics.store(this.#shared, 0, this.#told);
  }

  async #export(
    id: number,
    request: Extract<Request, { kind: "export" }>,
    signal: CancelSource,
  ): Promise<Result<Exported, HindcastError>> {
    const { live, readers } = this.#begun();
    await live.commit();
    return readers.hold((source) => exportFile(source, { ...request, asker: this.#askerOf(id, signal) }));
  }

  async #finish({ endings }: Extract<Request, { kind: "finish" }>): Promise<void> {
    const { live, server, unrecorded } = this.#begun();
    await unrecorded.stop();
    for (const ending of endings) live.programEnded(ending);
    live.end();
    await server.dispose();
    await this.#takeLeft();
    await live.finish();
    this.#tellFacts(live);
  }

  /** What was committed and cannot be folded into the file is in the log beside it: opening it does that. */
  async #close(): Promise<void> {
    const { readers, file, unrecorded } = this.#begun();
    await unrecorded.stop();
    await readers.query("CHECKPOINT").catch(() => undefined);
    this.#recording = undefined;
    await readers.dispose();
    await file.dispose();
  }

  #tell(message: FromRecorder): void {
    this.port.send(message);
  }
}

function summariesOf(ingests: readonly ProcessIngest[]): LiveFacts["processes"] {
  const rows = ingests.map((ingest) => ingest.row());
  const parents = parentsOf(rows);
  return rows.map((row, at) => {
    const { counted, largestRing = 0 } = ingests[at] ?? {};
    const { settings, thread } = row.hello;
    const ringBytes = Math.max(largestRing, ringBytesAtFirst(settings, thread !== undefined));
    return { ...summaryOf(row, parents.get(row.process)), ...counted, ringBytes };
  });
}

function summaryOf(row: ProcessRow, parent: number | undefined): LiveFacts["processes"][number] {
  const { process, hello, start, lastSeen, ended, endUnknown, category, written, dropped, faults, clock } = row;
  const { pid, serviceName, argv, cwd, nodeVersion, settings, thread, clusterWorker } = hello;
  return {
    process,
    kind: kindOf(hello),
    parent,
    thread,
    clusterWorker,
    pid,
    serviceName,
    argv,
    cwd,
    nodeVersion,
    level: settings.level,
    ...(settings.attached === undefined ? {} : { attached: true }),
    start,
    lastSeen,
    ended,
    endUnknown,
    category,
    written,
    dropped,
    faults,
    clock,
  };
}
