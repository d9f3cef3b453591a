// Turns those records of one process into rows that do not come in columns: definitions, writes, messages, gaps.
import { unreachable } from "../../shared/base/unreachable.js";
import { type AgentRecord, lostKinds } from "../../shared/protocol/agent-records.js";
import type { MessageRecord } from "../../shared/protocol/message-records.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import type { ChangeRow, RowHead } from "../store/recording-rows.js";
import type { AgentAccount } from "./agent-account.js";
import type { Dictionaries } from "./dictionaries.js";
import { filteredLabel, gapLabel, standstillLabel } from "./gap-label.js";
import type { OwnDefinitions } from "./own-definitions.js";
import type { ProcessClock } from "./process-clock.js";

export interface OtherCounts {
  writes: number;
  lost: number;
}

export class OtherRecords {
  constructor(
    readonly process: number,
    readonly clock: ProcessClock,
    readonly definitions: OwnDefinitions,
    readonly dictionaries: Dictionaries,
    readonly account: AgentAccount,
    readonly counts: OtherCounts,
  ) {}

  /** Returns how many records it says were dropped. */
  add(record: AgentRecord): number {
    const { writer } = this.dictionaries;
    const head: RowHead = { process: this.process, seq: record.seq, instant: this.clock.instantOf(record.clockMs) };
    switch (record.kind) {
      case "source":
        writer.source(this.process, record);
        return 0;
      case "string":
      case "location":
        this.definitions.define(record);
        return 0;
      case "series":
        this.account.noteSeries(record.id, this.definitions.names.get(record.name)?.text, record.attributes);
        this.definitions.define(record);
        return 0;
      case "span-start":
      case "span-end":
      case "call-start":
      case "call":
      case "call-open":
      case "log":
      case "event":
      case "metric":
        throw new Error("comes in columns");
      case "write":
        this.#write(head, record);
        return 0;
      case "gap":
        // What somebody did not want is not lost.
        if (record.reason !== "paused") this.counts.lost += record.lost;
        writer.mark({
          ...head,
          kind: "gap",
          label: gapLabel(record.reason, record.of),
          lost: record.lost,
          lostWrites: record.of.writes,
          reason: record.reason,
        });
        return record.lost;
      case "standstill": {
        const label = standstillLabel(record.clockMs - record.sinceMs);
        writer.mark({ ...head, kind: "gap", label, lost: 0, lostWrites: 0, reason: "suspended" });
        return 0;
      }
      case "message":
        this.#message(head, record);
        return 0;
      case "filtered": {
        const label = filteredLabel(this.definitions.names.get(record.stage)?.text ?? "?", record.of);
        const lost = lostKinds.reduce((sum, kind) => sum + record.of[kind], 0);
        // Nobody lost it: it is in no count of what is missing.
        writer.mark({ ...head, kind: "gap", label, lost, lostWrites: 0, reason: "filtered" });
        return 0;
      }
      default:
        return unreachable(record);
    }
  }

  #message(head: RowHead, { channel, ...facts }: MessageRecord): void {
    const { buffer, byteOffset } = channel;
    const end = { ...facts, channel: new DataView(buffer, byteOffset).getBigInt64(0) };
    this.dictionaries.writer.messageEnd({ ...head, ...end });
    this.dictionaries.messages.end(head, end);
  }

  #write(head: RowHead, record: Extract<AgentRecord, { kind: "write" }>): void {
    this.counts.writes++;
    const { operation, span } = record;
    const location = this.definitions.locationOf(record.location);
    const after = Number.isNaN(record.afterMs) ? undefined : this.clock.instantOf(record.afterMs);
    const { writer } = this.dictionaries;
    // Written out: an object spread into another costs more than all that is done with it.
    const { process, seq, instant } = head;
    writer.change({ process, seq, instant, after, location, span, change: this.#changeOf(operation, head) });
  }

  #changeOf(operation: WriteOperation, head: RowHead): ChangeRow["change"] {
    if (operation.kind === "contents") return operation;
    if (operation.kind !== "scope") return { kind: "small", operation };
    return { kind: "scope", scope: this.definitions.scopeOf(operation.scope, head), value: operation.value };
  }
}
