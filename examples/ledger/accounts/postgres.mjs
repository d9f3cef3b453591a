// The same as storage.mjs, in a table of PostgreSQL: for DATABASE_URL.
import pg from "pg";

/** @param {string} connectionString */
export async function openPostgres(connectionString) {
  const connect = async () => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  };
  const first = await connect();
  await first.query("CREATE TABLE IF NOT EXISTS operations (id bigserial PRIMARY KEY, operation jsonb NOT NULL)");
  return {
    kind: "postgres",
    async *operations() {
      const { rows } = await first.query("SELECT operation FROM operations ORDER BY id");
      await first.end();
      for (const { operation } of rows) yield operation;
    },
    async connect() {
      const client = await connect();
      return {
        /** @param {unknown[]} operation */
        append: (operation) =>
          client.query("INSERT INTO operations (operation) VALUES ($1)", [JSON.stringify(operation)]),
        // A row is on the disk when its insertion is answered.
        flush: async () => undefined,
        close: () => client.end(),
      };
    },
  };
}
