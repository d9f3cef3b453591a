// Connections that answer questions about one open file. A connection runs one query at a time, so there are a few, and
// who comes when all are busy waits its turn.
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBType,
  INTEGER,
  VARCHAR,
} from "@duckdb/node-api";
import { type Asker, nobody } from "../../shared/base/asker.js";
import type { Database } from "./attached-file.js";
import { oftenAsked } from "./often-asked.js";
import { Rows } from "./rows.js";
import { countProgress, watched } from "./watched.js";
import { isInteger, withNumbers } from "./with-numbers.js";

const connectionCount = 3;

export type Parameter = bigint | number | string;

/**
 * The one way to ask: `$1`, `$2` … in the text are `values` in order. When who asks gives up, DuckDB stops and `Cancelled` is
 * thrown; of what takes long it is told which share is done.
 */
export interface Query {
  (sql: string, values?: readonly Parameter[], asker?: Asker): Promise<Rows>;
}

/** Thrown to who asks about a file that was closed meanwhile. */
export class FileClosed extends Error {
  override readonly name = "FileClosed";

  constructor() {
    super("the file is closed");
  }
}

/** Asks over one connection, within whatever transaction it has. */
export const queryOn =
  (connection: DuckDBConnection): Query =>
  async (sql, values = []) => {
    const whole = withNumbers(sql, values);
    return Rows.from(
      await (whole === undefined ? connection.run(sql, [...values], values.map(typeOf)) : connection.run(whole)),
    );
  };

/** Everything asked by it is asked for them. */
export const queryFor =
  (query: Query, asker: Asker): Query =>
  (sql, values) =>
    query(sql, values, asker);

export class Readers {
  readonly #connections: readonly DuckDBConnection[];
  readonly #idle: DuckDBConnection[];
  readonly #waiting: ((connection: DuckDBConnection) => void)[] = [];
  /** What is asked at every look, by its text. */
  readonly #prepared = new Map<DuckDBConnection, Map<string, DuckDBPreparedStatement>>();

  #isClosed = false;

  private constructor(connections: readonly DuckDBConnection[]) {
    this.#connections = connections;
    this.#idle = [...connections];
  }

  static async open(instance: Pick<Database, "connect">): Promise<Readers> {
    const connections: DuckDBConnection[] = [];
    for (let left = connectionCount; left > 0; left--) {
      const connection = await instance.connect();
      await countProgress(connection);
      connections.push(connection);
    }
    await connections[0]?.run(`SET lock_configuration = true`);
    return new Readers(connections);
  }

  /** Nobody asks, and nobody waits for a connection. */
  get isIdle(): boolean {
    return this.#idle.length === this.#connections.length;
  }

  readonly query: Query = (sql, values = [], asker = nobody) =>
    this.hold((connection) =>
      watched(connection, asker, () =>
        oftenAsked.has(sql) ? this.#askPrepared(connection, sql, values) : queryOn(connection)(sql, values),
      ),
    );

  async #askPrepared(connection: DuckDBConnection, sql: string, values: readonly Parameter[]): Promise<Rows> {
    const prepared = this.#prepared.get(connection) ?? new Map<string, DuckDBPreparedStatement>();
    this.#prepared.set(connection, prepared);
    const statement = prepared.get(sql) ?? (await connection.prepare(sql));
    prepared.set(sql, statement);
    statement.bind([...values], values.map(typeOf));
    return Rows.from(await statement.run());
  }

  /** For work that needs one connection to itself, such as a transaction that has to end where it began. */
  async hold<Value>(work: (connection: DuckDBConnection) => Promise<Value>): Promise<Value> {
    const connection = await this.#acquire();
    try {
      return await work(connection);
    } finally {
      this.#release(connection);
    }
  }

  #acquire(): Promise<DuckDBConnection> {
    if (this.#isClosed) return Promise.reject(new FileClosed());
    const connection = this.#idle.pop();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #release(connection: DuckDBConnection): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(connection);
  }

  /** Resolves when every query asked before has been answered. */
  async dispose(): Promise<void> {
    const idle = this.#connections.map(() => this.#acquire());
    this.#isClosed = true;
    await Promise.all(idle);
    for (const prepared of this.#prepared.values()) for (const statement of prepared.values()) statement.destroySync();
    for (const connection of this.#connections) connection.closeSync();
  }
}

/** The client's own choice for bigint is HUGEINT, and comparing a BIGINT column with one reads the whole table. */
function typeOf(value: Parameter): DuckDBType {
  if (typeof value === "bigint") return BIGINT;
  if (typeof value === "string") return VARCHAR;
  return isInteger(value) ? INTEGER : DOUBLE;
}
