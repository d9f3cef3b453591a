// The program that the window would start: as typed, as it was saved, and what its folder offers. It is kept while a start fails,
// and from one visit to the next, without its environment.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { LaunchLevel, SavedLaunch } from "../../shared/protocol/launch-calls.js";
import { environmentFrom, linesFrom, textFromEnvironment } from "./environment-text.js";
import type { EngineLink } from "./engine-link.svelte.js";
import type { Kept } from "./kept-texts.js";
import { Query } from "./query.svelte.js";
import type { Settings } from "./settings.svelte.js";

const storageKey = "hindcast.launch";

type Offered = CallResult<"launch.folder">;
type Form = Omit<CallArgs<"launch.save">, "id">;

export class LaunchDraft {
  readonly #storage: Kept;
  readonly #settings: Pick<Settings, "choices">;
  readonly #call: EngineLink["call"];
  commandLine = $state("");
  folder = $state("");
  /** `NAME=value`, a line each. */
  environment = $state("");
  #level = $state<LaunchLevel>();
  /** Globs, a line each. */
  include = $state("");
  exclude = $state("");
  writes = $state(true);
  /** How much is kept, as typed; empty: everything. */
  keepAge = $state("");
  keepSize = $state("");
  name = $state("");
  /** Why the last start or saving failed. */
  failure = $state.raw<HindcastError>();
  #savedId = $state<string>();
  #wasSuggested = false;
  readonly #offered = new Query<Offered>();
  readonly #saved = new Query<readonly SavedLaunch[]>();

  constructor(storage: Kept, call: EngineLink["call"], settings: Pick<Settings, "choices">) {
    this.#storage = storage;
    this.#settings = settings;
    this.#call = call;
    const kept = new URLSearchParams(storage.getItem(storageKey) ?? "");
    this.commandLine = kept.get("command") ?? "";
    this.folder = kept.get("folder") ?? "";
    this.include = kept.get("include") ?? "";
    this.exclude = kept.get("exclude") ?? "";
    this.writes = kept.get("writes") !== "off";
    this.keepAge = kept.get("keepAge") ?? "";
    this.keepSize = kept.get("keepSize") ?? "";
  }

  /** A package that Hindcast was started in is most likely meant; not its own, in which `npm start` is. */
  async suggestFolder(): Promise<void> {
    const isTyped = (): boolean => this.folder !== "";
    if (isTyped() || this.#wasSuggested) return;
    this.#wasSuggested = true;
    const found = await this.#call("launch.folder", { cwd: "." });
    if (!found.ok || isTyped()) return;
    const { folder, packageName } = found.value;
    if (packageName !== undefined && packageName !== "hindcast") this.folder = folder;
  }

  /** The one of the settings until another is chosen. */
  get level(): LaunchLevel {
    return this.#level ?? this.#settings.choices.level;
  }

  set level(level: LaunchLevel) {
    this.#level = level;
  }

  keep(): void {
    const { commandLine: command, folder, include, exclude, keepAge, keepSize } = this;
    const writes = this.writes ? "on" : "off";
    const kept = new URLSearchParams({ command, folder, include, exclude, writes, keepAge, keepSize });
    this.#storage.setItem(storageKey, kept.toString());
  }

  /** What its folder offers; undefined where none is typed, or it is not known yet. */
  get offered(): Offered | undefined {
    return this.folder.trim() === "" ? undefined : this.#offered.value;
  }

  get folderProblem(): HindcastError | undefined {
    const { loaded } = this.#offered;
    return this.folder.trim() !== "" && loaded.status === "failed" ? loaded.error : undefined;
  }

  /** To be asked whenever the folder has changed. */
  lookIntoFolder(): void {
    const cwd = this.folder.trim();
    if (cwd !== "") this.#offered.load((signal) => this.#call("launch.folder", { cwd }, signal));
  }

  get saved(): readonly SavedLaunch[] {
    return this.#saved.value ?? [];
  }

  /** Which of them is in the form. */
  get savedId(): string | undefined {
    return this.#savedId;
  }

  loadSaved(): void {
    this.#saved.load((signal) => this.#call("launch.list", {}, signal));
  }

  useScript(script: string): void {
    const runner = this.offered?.runner ?? "npm";
    this.commandLine = `${runner} run ${/[\s"'\\]/.test(script) ? JSON.stringify(script) : script}`;
  }

  use(launch: SavedLaunch): void {
    const { id, name, folder, commandLine, environment, level, include, exclude, writes, keepAge, keepSize } = launch;
    this.#savedId = id;
    this.failure = undefined;
    Object.assign(this, { name, folder, commandLine, level, writes, keepAge, keepSize });
    this.environment = textFromEnvironment(environment);
    this.include = include.join("\n");
    this.exclude = exclude.join("\n");
    this.lookIntoFolder();
  }

  /** Under its name: the one that is in the form, or a new one. True when that was done. */
  async save(asNew: boolean): Promise<boolean> {
    const id = asNew ? undefined : this.#savedId;
    const form = this.#form(asNew && this.#savedId !== undefined ? this.#copyName() : undefined);
    const saved = await this.#call("launch.save", { ...form, ...(id === undefined ? {} : { id }) });
    this.failure = saved.ok ? undefined : saved.error;
    if (saved.ok) {
      this.#savedId = saved.value.id;
      this.name = saved.value.name;
    }
    this.loadSaved();
    return saved.ok;
  }

  async delete(): Promise<boolean> {
    if (this.#savedId === undefined) return false;
    const deleted = await this.#call("launch.delete", { id: this.#savedId });
    this.failure = deleted.ok ? undefined : deleted.error;
    this.#savedId = undefined;
    this.loadSaved();
    return deleted.ok;
  }

  #copyName(): string {
    const names = new Set(this.saved.map(({ name }) => name));
    const wanted = this.name.trim();
    if (!names.has(wanted)) return wanted;
    for (let n = 2; ; n++) if (!names.has(`${wanted} (${n})`)) return `${wanted} (${n})`;
  }

  #form(name = this.name.trim()): Form {
    const { folder, commandLine, level, writes, keepAge, keepSize } = this;
    const { variables } = environmentFrom(this.environment);
    return {
      ...{
        name: name === "" ? commandLine.slice(0, 200) : name,
        folder,
        commandLine,
        level,
        writes,
        keepAge,
        keepSize,
      },
      environment: [...variables],
      include: [...linesFrom(this.include)],
      exclude: [...linesFrom(this.exclude)],
    };
  }
}
