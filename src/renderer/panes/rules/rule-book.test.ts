import { describe, expect, it } from "vitest";
import type { RuleFile } from "../../../shared/protocol/rule-calls.js";
import { RuleBook } from "./rule-book.svelte.js";

class Store {
  readonly texts = new Map<string, string>();
  getItem = (key: string): string | null => this.texts.get(key) ?? null;
  setItem = (key: string, text: string): void => void this.texts.set(key, text);
  removeItem = (key: string): void => void this.texts.delete(key);
}

/** A folder as the engine keeps one: a version is the text itself. */
class Folder {
  readonly files = new Map<string, string>();
  call = (name: string, args: Record<string, unknown>): Promise<never> => {
    const file = String(args["name"]);
    const now = this.files.get(file);
    let answer: unknown = { ok: true, value: {} };
    if (name === "ruleFiles.list") {
      const files: RuleFile[] = [...this.files].map(([one, source]) => ({ name: one, source, version: source }));
      answer = { ok: true, value: { folder: "/rules", files, left: 0 } };
    } else if (name === "ruleFiles.save") {
      const source = String(args["source"]);
      const isRefused = args["anyway"] !== true && args["over"] !== now;
      if (!isRefused) this.files.set(file, source);
      answer = isRefused
        ? { ok: false, error: { code: "rule-file-changed", details: {} } }
        : { ok: true, value: { version: source } };
    } else if (name === "ruleFiles.rename") {
      this.files.delete(file);
      this.files.set(String(args["to"]), now ?? "");
    } else if (name === "ruleFiles.delete") this.files.delete(file);
    return Promise.resolve(answer as never);
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function bookOn(folder: Folder, store = new Store()): Promise<RuleBook> {
  const book = new RuleBook(folder as never, store);
  await settled();
  return book;
}

describe("RuleBook", () => {
  it("keeps what is written as a draft until it is saved, also over a reload", async () => {
    const [folder, store] = [new Folder(), new Store()];
    folder.files.set("a.rules", "# one");
    const book = await bookOn(folder, store);
    book.openAny();
    book.write("# two");
    expect([book.text, book.savedText, book.current?.isEdited]).toEqual(["# two", "# one", true]);
    const again = await bookOn(folder, store);
    expect([again.current?.name, again.text]).toEqual(["a.rules", "# two"]);
    expect((await again.save()).ok).toBe(true);
    expect([folder.files.get("a.rules"), again.current?.isEdited]).toEqual(["# two", false]);
    expect((await bookOn(folder, store)).current?.isEdited).toBe(false);
  });

  it("is no draft any more once it is as on the disk", async () => {
    const folder = new Folder();
    folder.files.set("a.rules", "# one");
    const book = await bookOn(folder);
    book.openAny();
    book.write("# two");
    book.write("# one");
    expect(book.current?.isEdited).toBe(false);
  });

  it("shows what somebody else wrote where nothing was written here", async () => {
    const folder = new Folder();
    folder.files.set("a.rules", "# one");
    const book = await bookOn(folder);
    book.openAny();
    folder.files.set("a.rules", "# theirs");
    book.load();
    await settled();
    expect([book.text, book.current?.isChangedElsewhere]).toEqual(["# theirs", false]);
  });

  it("tells of what somebody else wrote where something was, and saves over it only when told to", async () => {
    const folder = new Folder();
    folder.files.set("a.rules", "# one");
    const book = await bookOn(folder);
    book.openAny();
    book.write("# mine");
    folder.files.set("a.rules", "# theirs");
    expect((await book.save()).ok).toBe(false);
    await settled();
    expect([book.text, book.current?.isChangedElsewhere, folder.files.get("a.rules")]).toEqual([
      "# mine",
      true,
      "# theirs",
    ]);
    expect((await book.save(true)).ok).toBe(true);
    expect([folder.files.get("a.rules"), book.current?.isEdited]).toEqual(["# mine", false]);
  });

  it("still has what was written in a file that somebody removed", async () => {
    const folder = new Folder();
    folder.files.set("a.rules", "# one");
    const book = await bookOn(folder);
    book.openAny();
    book.write("# mine");
    folder.files.delete("a.rules");
    book.load();
    await settled();
    expect([book.text, book.current?.isGone]).toEqual(["# mine", true]);
    expect((await book.save()).ok).toBe(true);
    expect(folder.files.get("a.rules")).toBe("# mine");
  });

  it("has a file open all the time while it is saved, renamed, and before either is listed", async () => {
    const folder = new Folder();
    const book = await bookOn(folder);
    book.begin("# new", "a");
    const seen: unknown[] = [];
    const { call } = folder;
    folder.call = (name, args) => {
      if (name === "ruleFiles.list") seen.push([book.current?.name, book.text, book.current?.isEdited]);
      return call(name, args);
    };
    await book.save();
    await book.rename("b.rules");
    expect(seen).toEqual([
      ["a.rules", "# new", false],
      ["b.rules", "# new", false],
    ]);
    await settled();
    expect([book.current?.name, book.text, book.entries.length]).toEqual(["b.rules", "# new", 1]);
  });

  it("begins files under names that are free, and renames with what is not saved", async () => {
    const folder = new Folder();
    folder.files.set("untitled.rules", "# one");
    const book = await bookOn(folder);
    book.begin("# new");
    expect(book.current?.name).toBe("untitled 2.rules");
    expect((await book.rename("untitled.rules")).ok).toBe(false);
    await book.rename("better.rules");
    expect([book.current?.name, book.text, book.entries.length]).toEqual(["better.rules", "# new", 2]);
    book.open("untitled.rules");
    book.write("# two");
    await book.rename("first.rules");
    expect([book.text, book.savedText, [...folder.files.keys()]]).toEqual(["# two", "# one", ["first.rules"]]);
    expect(book.current?.isChangedElsewhere).toBe(false);
  });

  it("appends a rule to what is open", async () => {
    const book = await bookOn(new Folder());
    book.append("rule 1\n");
    book.append("rule 2\n");
    expect(book.text).toBe("rule 1\n\nrule 2\n");
  });
});
