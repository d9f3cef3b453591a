// Requests in every form there is. A server on 127.0.0.1 plays all hosts; what it saw of trace headers is printed.
import http from "node:http";
import https from "node:https";
import { once } from "node:events";

const seen = [];
const names = ["traceparent", "tracestate", "b3", "x-b3-traceid", "sentry-trace", "own"];
const server = http.createServer((request, response) => {
  const found = names.filter((name) => request.headers[name] !== undefined);
  const ours = { traceparent: /^00-/, tracestate: /^hindcast=[0-9a-f]{1,8}-[0-9a-f]{13}$/ };
  const isOurs = (name) => ours[name]?.test(request.headers[name]) === true;
  const values = found.map((name) => (isOurs(name) ? name : `${name}=${request.headers[name]}`));
  seen.push(`${request.url.replace(/:\d+/, "")}: ${values.join(" ")}`);
  response.end();
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address();
/** Every name is this machine: what matters is what the request was told. */
const lookup = (_name, options, done) =>
  options.all ? done(null, [{ address: "127.0.0.1", family: 4 }]) : done(null, "127.0.0.1", 4);
const answered = async (request) => {
  request.end();
  const [response] = await once(request, "response");
  response.resume();
  await once(response, "end");
};
const at = (path) => `http://127.0.0.1:${port}${path}`;

await answered(http.request(at("/url")));
await answered(http.request(new URL(at("/url-object"))));
await answered(http.get(at("/get"), { headers: { own: "1" } }));
await answered(http.request({ host: "127.0.0.1", port, path: "/options" }));
await answered(http.request({ hostname: "localhost", port, path: "/hostname", lookup }));
await answered(http.request(at("/callback"), () => undefined));
await answered(http.request(at("/kept"), { headers: { traceparent: "kept" } }));
await answered(http.request(at("/Kept"), { headers: { TraceParent: "kept" } }));
await answered(http.request(at("/list"), { headers: ["own", "1", "b3", "kept"] }));
await answered(http.request(at("/list-without"), { headers: ["own", "1"] }));
await answered(http.request(at("/b3"), { headers: { B3: "kept" } }));
await answered(http.request(at("/x-b3"), { headers: { "X-B3-TraceId": "kept" } }));
await answered(http.request(at("/state"), { headers: { tracestate: "kept" } }));
const later = http.request(at("/set-later"));
later.setHeader("sentry-trace", "kept");
await answered(later);
await answered(http.request({ host: "api.example.com", port, path: "/foreign", lookup }));
await answered(http.request({ host: "named.example.org", port, path: "/named", lookup }));
await answered(http.request({ host: "below.example.net", port, path: "/below", lookup }));
await answered(http.request({ host: "127.0.0.1", port, path: "http://remote.example.com/proxied" }));
await fetch(at("/fetch"));
await fetch(new URL(at("/fetch-url")));
await fetch(new Request(at("/fetch-request"), { headers: { own: "1" } }));
await fetch(new Request(at("/fetch-request-kept"), { headers: { traceparent: "kept" } }));
await fetch(at("/fetch-init"), { headers: { traceparent: "kept" } });
await fetch(at("/fetch-pairs"), { headers: [["B3", "kept"]] });
await fetch(at("/fetch-headers"), { headers: new Headers({ "sentry-trace": "kept" }) });
await new Promise((resolve) => https.get({ host: "127.0.0.1", port, path: "/tls" }).on("error", resolve));
await new Promise((resolve) => http.get({ host: "127.0.0.1", port: 1 }).on("error", resolve));
await fetch("http://127.0.0.1:1/").catch(() => undefined);
server.close();
server.closeAllConnections();
console.log(seen.join("\n"));
