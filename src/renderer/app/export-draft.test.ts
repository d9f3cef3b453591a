import { describe, expect, it } from "vitest";
import { failed, ok } from "../../shared/base/result.js";
import type { CallArgs } from "../../shared/protocol/engine-calls.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import type { ExportReport } from "../../shared/protocol/export-calls.js";
import { openTestRecording, second, settled, start, summaryOf, testEngine } from "../state/engine.test-support.js";
import { Selection } from "../state/selection.svelte.js";
import { Toasts } from "../state/toasts.svelte.js";
import { ExportDraft } from "./export-draft.svelte.js";
import { Overlays } from "./overlays.svelte.js";

const sizes = { hindcast: 900, parquet: 100, jsonl: 2000 };

function begin(found: ExportReport["found"] = []) {
  const looked: CallArgs<"recording.exportReport">["stretch"][] = [];
  const written: Omit<CallArgs<"recording.export">, "recordingId">[] = [];
  const answers = { isThere: false };
  const engine = testEngine({
    "recording.copyPath": () => Promise.resolve(ok({ path: "/home/ann/r1-now.hindcast" })),
    "recording.exportSize": () => Promise.resolve(ok({ records: 7, bytes: sizes })),
    "recording.exportReport": ({ stretch }) => {
      looked.push(stretch);
      return Promise.resolve(ok({ redacted: [], found, records: 7, bytes: sizes }));
    },
    "recording.export": ({ recordingId: _, ...args }) => {
      written.push(args);
      return Promise.resolve(
        answers.isThere && args.overwrite !== true
          ? failed(hindcastError("file-exists", { path: args.path }))
          : ok({ path: args.path, sizeBytes: 5, removed: [] }),
      );
    },
  });
  const recording = openTestRecording(engine, summaryOf(20));
  const [selection, overlays, toasts] = [new Selection(), new Overlays(), new Toasts()];
  const opened: string[] = [];
  const session = {
    workspace: { recording, selection },
    open: (path: string) => {
      opened.push(path);
      return Promise.resolve();
    },
  };
  const draft = new ExportDraft({ session, overlays, toasts, shell: undefined });
  return { draft, selection, overlays, toasts, looked, written, answers, opened };
}

describe("ExportDraft", () => {
  it("is of the selected stretch where there is one, and looks through exactly what would leave", async () => {
    const { draft, selection, looked, written } = begin();
    selection.selectRange(2 * second, 5 * second);
    await draft.start();
    expect(draft.canWrite).toBe(false);
    await settled();
    const stretch = { from: start + 2_000_000_000n, to: start + 5_000_000_000n };
    expect([looked, draft.isWhole, draft.canWrite]).toEqual([[stretch], false, true]);
    draft.chooseWhole(true);
    expect(draft.canWrite).toBe(false);
    await settled();
    expect(looked).toEqual([stretch, undefined]);
    draft.chooseWhole(false);
    await settled();
    await draft.write(false);
    expect(written).toEqual([
      { path: "/home/ann/r1-now.hindcast", format: "hindcast", stretch, overwrite: false, redact: undefined },
    ]);
  });

  it("writes nothing that looks like a secret until somebody says so, of each stretch anew", async () => {
    const { draft, selection, written } = begin([{ kind: "password", place: "logs", count: 3 }]);
    selection.selectRange(2 * second, 5 * second);
    await draft.start();
    await settled();
    expect([draft.secrets, draft.secretsAre, draft.canWrite]).toEqual([3, "taken-out", true]);
    draft.chooseSecrets("left-in");
    expect(draft.canWrite).toBe(false);
    await draft.write(true);
    expect(written).toEqual([]);
    draft.isMeant = true;
    expect(draft.canWrite).toBe(true);
    draft.chooseWhole(true);
    await settled();
    expect([draft.isMeant, draft.secretsAre]).toEqual([false, "taken-out"]);
  });

  it("takes out what looks like a secret, and names and texts of one's own; nothing where there is nothing", async () => {
    const own = { prefixes: [], allow: [] };
    for (const [found, names, redact] of [
      [[{ kind: "password", place: "logs", count: 3 } as const], "", { ...own, keys: [], texts: [] }],
      [[], " customer, ,iban", { ...own, keys: ["customer", "iban"], texts: ["Acme Ltd"] }],
      [[], "", undefined],
    ] as const) {
      const { draft, written } = begin([...found]);
      await draft.start();
      await settled();
      if (names !== "") [draft.names, draft.texts] = [names, "Acme Ltd"];
      await draft.write(false);
      draft.close();
      expect(written.map((args) => args.redact)).toEqual([redact]);
    }
  });

  it("names the file as its format is called, and leaves a name of one's own alone", async () => {
    const { draft } = begin();
    await draft.start();
    draft.chooseFormat("parquet");
    expect(draft.path).toBe("/home/ann/r1-now-parquet");
    draft.chooseFormat("jsonl");
    expect(draft.path).toBe("/home/ann/r1-now.jsonl");
    draft.path = "/tmp/mine";
    draft.chooseFormat("hindcast");
    expect(draft.path).toBe("/tmp/mine");
  });

  it("replaces what is there only when told to, and opens what was written", async () => {
    const { draft, answers, overlays, opened } = begin();
    answers.isThere = true;
    await draft.start();
    await settled();
    await draft.write(false);
    expect(draft.status).toMatchObject({ kind: "asking", error: { code: "file-exists" } });
    await draft.write(true);
    expect(draft.status).toMatchObject({ kind: "written", path: "/home/ann/r1-now.hindcast" });
    await draft.openWritten();
    expect([opened, overlays.shown]).toEqual([["/home/ann/r1-now.hindcast"], undefined]);
  });

  it("tells who closed the dialog what came of it", async () => {
    const { draft, overlays, toasts } = begin();
    await draft.start();
    await settled();
    const writing = draft.write(false);
    draft.close();
    expect(overlays.shown).toBeUndefined();
    await writing;
    expect(toasts.shown.map(({ message }) => message)).toEqual(["Exported: /home/ann/r1-now.hindcast"]);
  });
});
