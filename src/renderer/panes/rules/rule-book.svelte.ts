// The files of rules, and what somebody wrote that is not saved yet. Drafts outlive a reload. What somebody else changes on the disk
// is shown where nothing was written here, and told where something was: neither version is lost.
import { type Result, failed } from "../../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../../shared/protocol/errors.js";
import type { RuleFile } from "../../../shared/protocol/rule-calls.js";
import type { EngineLink } from "../../state/engine-link.svelte.js";
import type { Kept } from "../../state/kept-texts.js";
import { Query } from "../../state/query.svelte.js";

interface Draft {
  readonly text: string;
  /** The version that it was made of; undefined: there was no such file. */
  readonly base: string | undefined;
}

interface Listing {
  readonly folder: string;
  readonly files: readonly RuleFile[];
  readonly left: number;
}

interface Ahead {
  /** The listing that it is ahead of. */
  readonly of: Listing | undefined;
  readonly name: string;
  readonly now: RuleFile | undefined;
}

export interface BookEntry {
  readonly name: string;
  readonly isEdited: boolean;
  /** On the disk is another version than the one that was edited. */
  readonly isChangedElsewhere: boolean;
  /** It was there, and is not any more. */
  readonly isGone: boolean;
}

const keptKey = "hindcast.rule-drafts";
/** More is not kept over a reload: the engine takes no longer texts. */
const mostKept = 900_000;

export class RuleBook {
  readonly #link: Pick<EngineLink, "call">;
  readonly #kept: Kept;
  readonly query = new Query<Listing>();
  #drafts = $state.raw<ReadonlyMap<string, Draft>>(new Map());
  #current = $state<string>();

  /** What was done to a file that the newest listing does not know of yet. */
  #ahead = $state.raw<Ahead>();

  readonly #files: readonly RuleFile[] = $derived.by(() => {
    const listed = this.query.value?.files ?? [];
    const ahead = this.#ahead;
    if (ahead === undefined || ahead.of !== this.query.value) return listed;
    const others = listed.filter(({ name }) => name !== ahead.name && name !== ahead.now?.name);
    return ahead.now === undefined ? others : [...others, ahead.now];
  });
  readonly entries: readonly BookEntry[] = $derived.by(() => {
    const names = new Set([...this.#files.map(({ name }) => name), ...this.#drafts.keys()]);
    return [...names].sort().map((name) => this.#entryOf(name));
  });
  readonly current: BookEntry | undefined = $derived.by(() =>
    this.#current === undefined ? undefined : this.entries.find(({ name }) => name === this.#current),
  );
  /** What is in the editor. */
  readonly text: string = $derived.by(() => {
    const name = this.current?.name;
    if (name === undefined) return "";
    return this.#drafts.get(name)?.text ?? this.savedText ?? "";
  });

  constructor(link: Pick<EngineLink, "call">, kept: Kept) {
    this.#link = link;
    this.#kept = kept;
    this.#takeKept();
    this.load();
  }

  /** As it is on the disk; undefined where it is not. */
  get savedText(): string | undefined {
    return this.#fileOf(this.#current)?.source;
  }
  get folder(): string {
    return this.query.value?.folder ?? "";
  }
  /** Files that are not shown: too many, or too large. */
  get left(): number {
    return this.query.value?.left ?? 0;
  }

  load(): void {
    this.query.load((signal) => this.#link.call("ruleFiles.list", {}, signal), 0);
  }

  open(name: string): void {
    this.#current = name;
    this.#keep();
  }

  /** Something is open whenever there is something. */
  openAny(): void {
    const [first] = this.entries;
    if (this.current === undefined && first !== undefined) this.open(first.name);
  }

  /** A file of its own, which is not on the disk before it is saved. */
  begin(text: string, wanted = "untitled"): void {
    const taken = new Set(this.entries.map(({ name }) => name));
    const names = Array.from({ length: taken.size + 1 }, (_, at) => `${wanted}${at === 0 ? "" : ` ${at + 1}`}.rules`);
    const name = names.find((one) => !taken.has(one)) ?? `${wanted}.rules`;
    this.#setDraft(name, { text, base: undefined });
    this.open(name);
  }

  /** Behind what is in the open file; a file of its own where none is. */
  append(text: string): void {
    if (this.current === undefined) this.begin(text);
    else this.write(this.text.trim() === "" ? text : `${this.text.trimEnd()}\n\n${text}`);
  }

  write(text: string): void {
    const name = this.current?.name;
    if (name === undefined || text === this.text) return;
    const known = this.#drafts.get(name);
    const file = this.#fileOf(name);
    const base = known === undefined ? file?.version : known.base;
    // What is as on the disk again is no draft.
    if (file !== undefined && text === file.source && base === file.version) this.#setDraft(name, undefined);
    else this.#setDraft(name, { text, base });
  }

  /** `anyway`: also over what somebody else wrote meanwhile. */
  async save(anyway = false): Promise<Result<unknown, HindcastError>> {
    const name = this.current?.name;
    if (name === undefined) return failed(hindcastError("no-rule-file", { name: "" }));
    const { text, base } = this.#drafts.get(name) ?? { text: this.text, base: this.#fileOf(name)?.version };
    const isThere = this.#fileOf(name) !== undefined;
    const over = base !== undefined && (isThere || !anyway) && this.current?.isGone !== true ? { over: base } : {};
    const saved = await this.#link.call("ruleFiles.save", { name, source: text, anyway, ...over });
    if (saved.ok) {
      this.#know(name, { name, version: saved.value.version, source: text });
      // What was written while it was saved is a draft of what is saved now.
      const now = this.#drafts.get(name);
      this.#setDraft(name, now === undefined || now.text === text ? undefined : { ...now, base: saved.value.version });
    }
    await this.#reload();
    return saved;
  }

  /** As it is on the disk; a file that is not there is gone with it. */
  discard(): void {
    const name = this.current?.name;
    if (name !== undefined) this.#setDraft(name, undefined);
  }

  async rename(to: string): Promise<Result<unknown, HindcastError>> {
    const name = this.current?.name;
    if (name === undefined || name === to) return failed(hindcastError("no-rule-file", { name: name ?? "" }));
    if (this.entries.some((one) => one.name === to)) return failed(hindcastError("rule-file-exists", { name: to }));
    const renamed =
      this.#fileOf(name) === undefined ? undefined : await this.#link.call("ruleFiles.rename", { name, to });
    if (renamed?.ok === false) return renamed;
    const draft = this.#drafts.get(name);
    const file = this.#fileOf(name);
    this.#know(name, file === undefined ? undefined : { ...file, name: to });
    this.#setDraft(to, draft);
    this.open(to);
    this.#setDraft(name, undefined);
    await this.#reload();
    return { ok: true, value: {} };
  }

  async remove(): Promise<Result<unknown, HindcastError>> {
    const file = this.#fileOf(this.#current);
    if (file === undefined) {
      this.discard();
      return { ok: true, value: {} };
    }
    const removed = await this.#link.call("ruleFiles.delete", { name: file.name, over: file.version });
    if (removed.ok) {
      this.#know(file.name, undefined);
      this.#setDraft(file.name, undefined);
    }
    await this.#reload();
    return removed;
  }

  /** `now`: what is there in place of a file. Until it is listed there is no moment in which it looks as before, or as if it were gone. */
  #know(name: string, now: RuleFile | undefined): void {
    this.#ahead = { of: this.query.value, name, now };
  }

  async #reload(): Promise<void> {
    const listed = await this.#link.call("ruleFiles.list", {});
    if (!listed.ok) return;
    this.query.load(() => Promise.resolve(listed), 0);
    await Promise.resolve();
  }

  #entryOf(name: string): BookEntry {
    const draft = this.#drafts.get(name);
    const file = this.#fileOf(name);
    const isGone = draft?.base !== undefined && file === undefined;
    return {
      name,
      isEdited: draft !== undefined,
      isChangedElsewhere: draft !== undefined && file !== undefined && draft.base !== file.version,
      isGone,
    };
  }

  #fileOf(name: string | undefined): RuleFile | undefined {
    return this.#files.find((one) => one.name === name);
  }

  #setDraft(name: string, draft: Draft | undefined): void {
    const drafts = new Map(this.#drafts);
    if (draft === undefined) drafts.delete(name);
    else drafts.set(name, draft);
    this.#drafts = drafts;
    this.#keep();
  }

  #keep(): void {
    const text = JSON.stringify({ current: this.#current, drafts: [...this.#drafts] });
    if (text.length <= mostKept) this.#kept.setItem(keptKey, text);
  }

  #takeKept(): void {
    try {
      const kept: unknown = JSON.parse(this.#kept.getItem(keptKey) ?? "{}");
      if (typeof kept !== "object" || kept === null) return;
      if ("current" in kept && typeof kept.current === "string") this.#current = kept.current;
      if ("drafts" in kept && Array.isArray(kept.drafts)) this.#drafts = new Map(kept.drafts.filter(isDraft));
    } catch {
      // What cannot be read counts as nothing.
    }
  }
}

const isDraft = (entry: unknown): entry is [string, Draft] =>
  Array.isArray(entry) &&
  typeof entry[0] === "string" &&
  typeof entry[1] === "object" &&
  entry[1] !== null &&
  typeof Reflect.get(entry[1], "text") === "string" &&
  ["string", "undefined"].includes(typeof Reflect.get(entry[1], "base"));
