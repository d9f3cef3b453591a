// HTTP/2 at both ends: by streams and by the interface that looks like node:http, several requests at once over one connection.
import http2 from "http2";
import { connect } from "node:http2";
import { setTimeout as pause } from "node:timers/promises";

const byStreams = http2.createServer();
byStreams.on("stream", (stream, headers) => {
  const path = headers[":path"];
  stream.on("error", () => undefined);
  if (path === "/refused") return stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
  console.log(`begins ${path}`);
  let body = "";
  stream.on("data", (chunk) => (body += chunk));
  stream.on("end", async () => {
    console.log(`has all of ${path}`);
    await pause(1);
    console.log(`answers ${path}`);
    stream.respond({ ":status": path === "/missing" ? 404 : 201 });
    stream.end(body.toUpperCase());
  });
});
const compatible = http2.createServer((request, response) => {
  console.log(`begins ${request.url}`);
  request.resume().on("end", () => {
    console.log(`answers ${request.url}`);
    response.statusCode = request.url === "/failing" ? 500 : 200;
    response.end(`got ${request.method}`);
  });
});
const listening = (server) => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
await Promise.all([listening(byStreams), listening(compatible)]);

const ask = (session, headers, body) =>
  new Promise((resolve) => {
    const stream = session.request(headers);
    let [status, text] = [0, ""];
    stream.on("response", (answer) => (status = answer[":status"]));
    stream.on("data", (chunk) => (text += chunk));
    stream.on("error", (error) => resolve(error.code));
    stream.on("close", () => resolve(`${headers[":path"]} ${status} ${text} ${stream.sentHeaders[":method"]}`));
    stream.end(body);
  });
const origin = (server) => `http://127.0.0.1:${server.address().port}`;
const one = http2.connect(origin(byStreams));
const paths = ["/a", "/b", "/missing"];
const post = (path) => ask(one, { ":path": path, ":method": "POST", "x-mine": "1" }, `body of ${path}`);
for (const answer of await Promise.all(paths.map(post))) console.log(answer);
console.log(await ask(one, { ":path": "/refused" }));
const other = connect(origin(compatible));
for (const path of ["/plain", "/failing"]) console.log(await ask(other, { ":path": path }));
try {
  // Before Node.js 22 the whole session would fail by it.
  if (Number.parseInt(process.versions.node) >= 22) one.request({ "bad header": "x" });
} catch (error) {
  console.log(error.code);
}
one.close();
other.close();
byStreams.close();
compatible.close();
