// Listens for agents on a unix socket in a folder of its own that only this user may enter (a named pipe on Windows).
// A peer that does not know the token, speaks another version or sends what cannot be read is cut off; the others do
// not notice. An acknowledgement is sent when a batch is in the file.
import { type Socket, createServer } from "node:net";
import { Disposables } from "../shared/base/disposables.js";
import { MalformedBytes } from "../shared/protocol/bytes.js";
import {
  FrameSplitter,
  type Frame,
  type ToAgent,
  type ToldAgents,
  type ToEngine,
  frameHeader,
  frameTypes,
  maxFrameBytes,
  readFromAgent,
  wireVersion,
} from "../shared/protocol/agent-wire.js";
import { ClockRounds } from "./clock-rounds.js";
import { checkBye } from "./ingest/plausible.js";
import type { ProcessIngest } from "./ingest/process-ingest.js";
import type { LiveRecording } from "./live-recording.js";
import { type EngineHost, type PrivateFolder, createPrivateFolder } from "./private-folder.js";
import { type SocketAddress, listenAt, newSocketAddress } from "./private-socket.js";
import { isSameSecret } from "./same-secret.js";
import { writeAndReadOn } from "./write-and-read-on.js";

/** A peer that has not introduced itself by then is cut off. */
const helloWithinMs = 10_000;
/** Arguments and paths of a program; nobody unknown makes us hold more. */
const maxHelloBytes = 4 * 1024 * 1024;

export interface AgentServer {
  /** Agents connected now. */
  connected(): number;
  /** Asks agents that were put into running programs to leave them. Resolves when they have said good-bye, or after so long. */
  detach(withinMs: number): Promise<void>;
  /** What every program is told, also those that come later; what is left out stays as it is. */
  configure(told: ToldAgents): void;
  /** Resolves when no agent is connected, or after so long: a program may well go on when its recording ends. */
  whenQuiet(withinMs: number): Promise<void>;
  dispose(): Promise<void>;
}

/** Where agents of a recording connect, and with what secret. */
export interface AgentAddress extends SocketAddress {
  /** Where the socket is; knows the programs that were started into the recording. */
  readonly folder: PrivateFolder;
  /** Who starts a new engine when this one is killed. */
  readonly hostPid: number | undefined;
}

export async function newAgentAddress(host: EngineHost | undefined): Promise<AgentAddress> {
  const folder = await createPrivateFolder(host);
  return { folder, ...newSocketAddress(folder.path, "agent"), hostPid: host?.pid };
}

export async function listenForAgents(
  recording: LiveRecording,
  { socketPath, token }: SocketAddress,
): Promise<AgentServer> {
  const owned = new Disposables();
  const peers = new Set<AgentPeer>();
  let configured: ToldAgents | undefined;
  // An agent that has said everything closes its side, and ours stays open for what is to be acknowledged.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const peer = new AgentPeer(socket, token, recording, () => configured);
    peers.add(peer);
    socket.on("close", () => peers.delete(peer));
  });
  await listenAt(server, socketPath);
  owned.defer(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  owned.defer(() => {
    for (const peer of peers) peer.end();
  });

  const until = async (isSo: () => boolean, withinMs: number): Promise<void> => {
    const deadline = Date.now() + withinMs;
    while (!isSo() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return {
    connected: () => peers.size,
    detach: async (withinMs) => {
      const told = new Set<unknown>();
      // Also one that has only just come back, and says who it is in a moment.
      await until(() => {
        for (const peer of peers)
          if (peer.isAttached && !told.has(peer)) {
            told.add(peer);
            peer.detach();
          }
        return [...peers].every((peer) => peer.hasGreeted && !peer.isAttached);
      }, withinMs);
    },
    configure: ({ pipeline, paused, level }) => {
      configured = {
        ...configured,
        ...(pipeline === undefined ? {} : { pipeline }),
        ...(paused === undefined ? {} : { paused }),
        ...(level === undefined ? {} : { level }),
      };
      for (const peer of peers) peer.configure();
    },
    whenQuiet: (withinMs) => until(() => peers.size === 0, withinMs),
    dispose: () => owned.dispose(),
  };
}

class AgentPeer {
  readonly #splitter = new FrameSplitter(maxHelloBytes);
  readonly #greetingDue: NodeJS.Timeout;
  #process: ProcessIngest | undefined;
  #clockRounds: ClockRounds | undefined;
  #saidBye = false;
  #committed: number[] = [];

  constructor(
    readonly socket: Socket,
    readonly token: string,
    readonly recording: LiveRecording,
    /** Undefined as long as it is what programs are started with. */
    readonly configured: () => ToldAgents | undefined,
  ) {
    this.#greetingDue = setTimeout(() => this.cutOff(), helloWithinMs);
    socket.on("data", (chunk: Buffer) => this.#guarded(() => this.#onData(chunk)));
    socket.on("error", () => this.cutOff());
    socket.on("end", () => this.#saidBye || socket.end());
    socket.on("close", () => this.#onClose());
  }

  get hasGreeted(): boolean {
    return this.#process !== undefined;
  }

  /** In a program that was running before. */
  get isAttached(): boolean {
    return this.#process?.hello.settings.attached !== undefined;
  }

  detach(): void {
    this.#send(frameTypes.detach, { kind: "detach" });
  }

  configure(): void {
    const told = this.configured();
    if (this.#process === undefined || told === undefined) return;
    this.#send(frameTypes.configure, { kind: "configure", ...told });
  }

  cutOff(): void {
    this.socket.destroy();
  }

  /** What is in the file is acknowledged now, or never: nothing further is read that it would have to wait for. */
  end(): void {
    this.#acknowledge();
    this.cutOff();
  }

  /** What a peer sends can only harm the peer itself. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.cutOff();
      if (!(error instanceof MalformedBytes)) throw error;
    }
  }

  #onData(chunk: Uint8Array): void {
    for (const frame of this.#splitter.push(chunk)) {
      if (this.socket.destroyed || this.#saidBye) return;
      this.#onFrame(frame);
    }
    if (this.recording.shouldPause) this.#pause();
  }

  #onFrame(frame: Frame): void {
    if (this.#process === undefined) return this.#greet(frame);
    const told = readFromAgent(frame, parseJson);
    if (told.kind === "batch") this.#receive(this.#process, told);
    else if (told.kind === "clock") this.#clockRounds?.answered(told.round, told.clockMs);
    else if (told.kind === "child-ended") this.recording.childEnded(this.#process, told);
    else if (told.kind === "bye") {
      checkBye(told);
      this.#saidBye = true;
      void this.recording.saidBye(this.#process, told).then((isKept) => {
        // It would come again with what was not acknowledged. Nothing is left to be read.
        this.#acknowledge();
        if (isKept) this.socket.end();
        else this.#refuse("cannot-write");
      });
    } else throw new MalformedBytes("a second hello");
  }

  #greet(frame: Frame): void {
    const spoken = frame.type === frameTypes.hello ? versionOf(frame.body) : undefined;
    if (spoken === undefined) throw new MalformedBytes("hello expected");
    if (spoken !== wireVersion) return this.#refuse("wire-version");
    const hello = readFromAgent(frame, parseJson);
    if (hello.kind !== "hello") throw new MalformedBytes("hello expected");
    if (!isSameSecret(hello.token, this.token)) return this.#refuse("bad-token");
    if (this.recording.isFullFor(hello)) return this.#refuse("too-many-processes");
    this.#process = this.recording.greet(hello, this);
    clearTimeout(this.#greetingDue);
    this.#splitter.maxBytes = maxFrameBytes;
    this.#send(frameTypes.welcome, { kind: "welcome", wireVersion });
    this.configure();
    this.#clockRounds = new ClockRounds(this.#process, {
      ready: () => this.#allRead(),
      ask: (round) => this.#send(frameTypes.askClock, { kind: "ask-clock", round }),
    });
  }

  #receive(process: ProcessIngest, told: Extract<ToEngine, { kind: "batch" }>): void {
    this.recording.received(process, told).then(
      (isCommitted) => {
        if (isCommitted) this.#acknowledgeSoon(told.batch);
      },
      () => this.cutOff(),
    );
  }

  #acknowledgeSoon(batch: number): void {
    this.#committed.push(batch);
    if (this.#committed.length === 1) void this.#acknowledgeWhenRead();
  }

  async #acknowledgeWhenRead(): Promise<void> {
    await this.#allRead();
    this.#acknowledge();
  }

  /** A program that is gone is still heard of to the end, where that is up to us: see `writeAndReadOn`. */
  async #allRead(): Promise<void> {
    await socketsRead();
    while (this.socket.isPaused() && !this.socket.destroyed) {
      await this.recording.whenRoom();
      await socketsRead();
    }
  }

  #acknowledge(): void {
    const batches = this.#committed;
    this.#committed = [];
    for (const batch of batches) this.#send(frameTypes.ack, { kind: "ack", batch });
  }

  #pause(): void {
    this.socket.pause();
    void this.recording.whenRoom().then(() => this.socket.resume());
  }

  #refuse(code: string): void {
    this.#send(frameTypes.refused, { kind: "refused", code });
    this.socket.end();
  }

  #send(type: number, message: ToAgent): void {
    if (this.socket.destroyed || !this.socket.writable) return;
    const body = Buffer.from(JSON.stringify(message));
    writeAndReadOn(this.socket, Buffer.concat([frameHeader(type, body.length), body]));
  }

  #onClose(): void {
    clearTimeout(this.#greetingDue);
    this.#clockRounds?.stop();
    if (this.#process !== undefined && !this.#saidBye) this.recording.connectionLost(this.#process, this);
  }
}

/** Between two checks for immediates the event loop reads every socket that has something and is not paused. */
const socketsRead = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const parseJson = (body: Uint8Array): unknown => JSON.parse(Buffer.from(body).toString("utf8"));

/** Read before the rest of a hello, which another version may have changed. */
function versionOf(body: Uint8Array): number | undefined {
  try {
    const hello = parseJson(body);
    if (typeof hello !== "object" || hello === null || !("wireVersion" in hello)) return undefined;
    return typeof hello.wireVersion === "number" ? hello.wireVersion : undefined;
  } catch {
    return undefined;
  }
}
