// A program that puts secrets everywhere a program can. PLAN_FILE names a JSON file { shaped, named }: `shaped` are texts
// with secrets told by their form, `named` secrets told by the name they stand under. It prints nothing of its own, writes
// "planted" to READY_FILE when all is done, and ends when its standard input does.
import { createServer, request as httpRequest } from "node:http";
import { readFileSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { event, metric, span, track } from "hindcast";
import pino from "pino";

const { shaped, named } = JSON.parse(readFileSync(process.env.PLAN_FILE, "utf8"));
process.stdout.write = () => true;
process.stderr.write = () => true;

const logger = pino({ level: "trace" }, { write: () => true });

class Vault {
  #password = named[0].secret;
  constructor() {
    for (const { name, secret } of named) this[name] = secret;
  }
  change(secret) {
    this.#password = secret;
  }
}

const vault = new Vault();
const state = {
  vault,
  byName: {},
  nested: { deep: [{ deeper: {} }] },
  headers: new Map(),
  list: [],
  pairs: [],
  commands: [],
  set: new Set(),
  bySecret: new Map(),
  keyed: {},
  buffers: [],
  hidden: { credentials: { user: "bob", inner: ["nobody-guesses-this-one"] } },
  errors: [],
  text: "",
};
track("state", state);

for (const { name, secret } of named) {
  state.byName[name] = secret;
  state.nested.deep[0].deeper[name] = `${secret}`;
  state.headers.set(name, secret);
  state.text = JSON.stringify({ a: 1, [name]: secret, b: "x" });
  state.text = JSON.stringify({ body: state.text });
  event("signed in", { [name]: secret });
  event("signed in deeply", { user: { [name]: [secret] }, note: `${name}=${secret}` });
  // The name beside the value: flat, within others, as arguments, as elements, in state.
  event("field", { name, value: secret });
  event("fields", { form: [{ value: secret, key: name }], argv: ["node", `--${name}`, secret] });
  state.pairs.push({ name, value: secret });
  state.commands.push(["node", `--${name}`, secret]);
  console.log({ name, value: secret }, ["node", `--${name}`, secret]);
  console.info(`<a><${name} type="text">${secret}</${name}></a>`);
  console.log({ user: "bob", [name]: secret });
  console.log("%s: %s", name, secret);
  console.log(name, secret);
  console.table([{ user: "bob", [name]: secret }]);
  console.table(new Map([[name, secret]]));
  logger.info({ user: "bob", [name]: secret, request: { headers: { [name]: secret } } }, `${name}: ${secret}`);
  console.warn(`{"${name}":"${secret}","ok":true}`);
  console.error(new Error(`refused with ${name}=${secret}&more=1`));
  span(`work ${name}=${secret}`, { [name]: secret }, () => undefined);
  metric("tries", 1, "1", { [name]: secret });
}
// Texts that are cut: after the element, and within it.
state.text = `<a><password>${named[0].secret}</password>${" and more".repeat(20_000)}`;
state.text = `<a><password>${named[1].secret} ${"and more ".repeat(20_000)}`;
for (const { text: secret } of shaped) {
  state.list.push(secret);
  state.set.add(`prefix ${secret}`);
  state.bySecret.set(secret, { last: secret });
  state.keyed[secret] = 1;
  state.buffers.push(Buffer.from(secret));
  state.text = `it is ${secret} now`;
  const error = new Error(`could not use ${secret}`, { cause: new Error(secret) });
  state.errors.push(error);
  event("seen", { text: secret });
  event(`event of ${secret}`, { list: [secret], map: new Map([[secret, secret]]) });
  console.log(secret);
  logger.warn({ err: new Error(secret), text: secret }, `seen ${secret}`);
  console.info("a line with", secret, "inside", { text: secret });
  console.error(error);
  span(`span of ${secret}`, { text: secret }, () => undefined);
  metric(`metric of ${secret}`, 1, "1", { text: secret });
  await span("throws", {}, async () => Promise.reject(error)).catch(() => undefined);
  process.emitWarning(secret);
}
// A few at a time: a longer line is cut, and how long it is depends on who runs this.
const variables = Object.entries(process.env);
for (let from = 0; from < variables.length; from += 10)
  console.log(Object.fromEntries(variables.slice(from, from + 10)));
event("paid", { with: 4_111_111_111_111_111, password: 12345 });
state.paid = { with: 4_111_111_111_111_111n, pin: 98_765 };
vault.change(named[1].secret);
vault[named[0].name] = named[1].secret;
state.list.splice(0, 1);
state.bySecret.delete(shaped[0].text);
delete state.keyed[shaped[0].text];
state.byName = { ...state.byName };

const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  if (body !== "") {
    state.text = body;
    state.body = Buffer.from(body);
    console.log("body", body);
    event("body", { body });
  }
  console.log("headers", request.headers, request.rawHeaders, request.url);
  event("request", { headers: request.headers, raw: request.rawHeaders });
  response.setHeader("set-cookie", [`session=${named[0].secret}; Path=/; HttpOnly`]);
  response.end("ok");
}).listen(0, "127.0.0.1");
await once(server, "listening");
const base = `http://127.0.0.1:${server.address().port}`;
for (const { name, secret } of named) {
  const sent = await fetch(`${base}/form`, {
    method: "POST",
    body: new URLSearchParams({ user: "bob", [name]: secret }),
  });
  await sent.text();
  const response = await fetch(`${base}/by-name?${encodeURIComponent(name)}=${encodeURIComponent(secret)}&page=2`, {
    headers: { authorization: `Bearer ${Buffer.from(secret).toString("base64url")}`, cookie: `sid=${named[2].secret}` },
  });
  await response.text();
  console.log("answer", Object.fromEntries(response.headers));
}
for (const { text: secret } of shaped) {
  const posted = await fetch(`${base}/text`, { method: "POST", body: JSON.stringify({ text: secret, page: 2 }) });
  await posted.text();
  const path = `/reset/${encodeURIComponent(secret)}?next=${encodeURIComponent(`/x?y=${secret}`)}`;
  const sent = httpRequest(`${base}${path}`, {
    auth: `bob:${named[0].secret}`,
    headers: { "x-note": encodeURI(secret) },
  });
  sent.end();
  const [response] = await once(sent, "response");
  response.resume();
  await once(response, "end");
  sent.destroy();
  // Nobody listens there: the error and the span name where it went.
  await fetch(`http://127.0.0.1:1${path}`).catch((error) => console.error(error));
}
server.close();
server.closeAllConnections();

setTimeout(() => writeFileSync(process.env.READY_FILE, "planted"), 1500);
process.stdin.resume();
await once(process.stdin, "end");
process.exitCode = 3;
