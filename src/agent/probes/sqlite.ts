// Statements of node:sqlite and better-sqlite3. Both answer at once, in the program's own thread: a span lasts as long as the
// call, or as long as the program goes through the rows of an iterator. What a library runs by itself, as a transaction's
// BEGIN, is not told by these methods.
import { onBuiltIn } from "../built-ins.js";
import { dataProperty, isFunction, isObject, prototypeOf, textProperty } from "../own-data.js";
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";
import { type DbCall, type DbServer, DbSpans } from "./db-span.js";

/** Some of better-sqlite3's classes are native, and met first when the program has one of their objects. */
export function installNodeSqlite(kit: ProbeKit): () => void {
  return onBuiltIn(kit.guest, "sqlite", (exports) => {
    const database = dataProperty(exports, "DatabaseSync");
    return patchDatabase(new DbSpans(kit), prototypeOf(database));
  });
}

export function installBetterSqlite3(kit: ProbeKit): () => void {
  return kit.onModule(kit.guest, "better-sqlite3/lib/database.js", (exports) =>
    patchDatabase(new DbSpans(kit), prototypeOf(exports)),
  );
}

interface Statement {
  readonly server: DbServer;
  readonly text: string;
}

function patchDatabase(spans: DbSpans, database: object): () => void {
  const statements = new WeakMap<object, Statement>();
  const iterations = new WeakMap<object, DbCall>();
  const patched = new WeakSet<object>();
  const releases: (() => void)[] = [];
  const once = (owner: object | undefined, patch: (owner: object) => () => void): void => {
    if (owner === undefined || patched.has(owner)) return;
    patched.add(owner);
    releases.push(patch(owner));
  };

  /** What is thrown goes on to the program. */
  const during = (call: DbCall | undefined, work: () => unknown, isOver: (result: unknown) => boolean): unknown => {
    try {
      const result = work();
      if (isOver(result)) spans.succeed(call);
      return result;
    } catch (error) {
      spans.fail(call, error);
      throw error;
    }
  };

  const callOf = (statement: unknown): DbCall | undefined => {
    const known = isObject(statement) ? statements.get(statement) : undefined;
    return known === undefined ? undefined : spans.startSql(known.server, known.text);
  };

  const patchIterator = (owner: object): (() => void) =>
    together(
      ["next", "return"].map((name) =>
        replaceMethod(
          owner,
          name,
          (method) =>
            function (...args) {
              const call = isObject(this) ? iterations.get(this) : undefined;
              const isOver = (result: unknown): boolean =>
                name === "return" || (isObject(result) && dataProperty(result, "done") === true);
              return during(call, () => Reflect.apply(method, this, args), isOver);
            },
        ),
      ),
    );

  const patchStatement = (owner: object): (() => void) =>
    together([
      ...["run", "get", "all"].map((name) =>
        replaceMethod(
          owner,
          name,
          (method) =>
            function (...args) {
              return during(callOf(this), () => Reflect.apply(method, this, args), always);
            },
        ),
      ),
      replaceMethod(
        owner,
        "iterate",
        (iterate) =>
          function (...args) {
            const call = callOf(this);
            const iterator = during(call, () => Reflect.apply(iterate, this, args), never);
            if (call === undefined || !isObject(iterator)) return iterator;
            iterations.set(iterator, call);
            once(ownerOf(iterator, "next"), patchIterator);
            return iterator;
          },
      ),
    ]);

  releases.push(
    replaceMethod(
      database,
      "exec",
      (exec) =>
        function (...args) {
          const call = spans.startSql(serverOf(this), typeof args[0] === "string" ? args[0] : undefined);
          return during(call, () => Reflect.apply(exec, this, args), always);
        },
    ),
    replaceMethod(
      database,
      "prepare",
      (prepare) =>
        function (...args) {
          const statement = Reflect.apply(prepare, this, args);
          if (!isObject(statement) || typeof args[0] !== "string") return statement;
          statements.set(statement, { server: serverOf(this), text: args[0] });
          once(ownerOf(statement, "run"), patchStatement);
          return statement;
        },
    ),
  );
  return () => {
    for (const release of releases.splice(0).reverse()) release();
  };
}

const always = (): boolean => true;
const never = (): boolean => false;

/** The prototype that a method comes from. */
function ownerOf(target: object, name: string): object | undefined {
  for (let owner = Reflect.getPrototypeOf(target); owner !== null; owner = Reflect.getPrototypeOf(owner))
    if (Object.hasOwn(owner, name)) return isFunction(dataProperty(owner, name)) ? owner : undefined;
  return undefined;
}

/** better-sqlite3 has the file's name on the database; node:sqlite would have to be asked. */
function serverOf(database: unknown): DbServer {
  return { system: "sqlite", namespace: isObject(database) ? textProperty(database, "name") : undefined };
}
