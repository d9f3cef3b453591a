// Asks a server of its own by the npm package undici: `request`, `fetch`, and a pool.
const http = require("node:http");
const { Pool, fetch, request } = require("undici");

const server = http.createServer((asked, answer) => answer.end(`${asked.method} ${asked.url}`));
server.listen(0, "127.0.0.1", async () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  const pool = new Pool(origin);
  console.log(await (await request(`${origin}/request`)).body.text());
  console.log(await (await fetch(`${origin}/fetch`)).text());
  console.log(await (await pool.request({ path: "/pool", method: "POST" })).body.text());
  await pool.close();
  server.close();
  server.closeAllConnections();
});
