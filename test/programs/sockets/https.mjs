// HTTPS at both ends, by node:https and by fetch. Its certificate is for tests alone: NODE_EXTRA_CA_CERTS names it.
import { readFileSync } from "node:fs";
import https from "node:https";

const read = (name) => readFileSync(new URL(name, import.meta.url));
const server = https.createServer({ key: read("https-key.pem"), cert: read("https-certificate.pem") });
server.on("request", (request, response) => {
  console.log(`asked for ${request.url}`);
  response.statusCode = request.url === "/failing" ? 503 : 200;
  response.end("safe");
});
server.listen(0, "127.0.0.1", async () => {
  const origin = `https://localhost:${server.address().port}`;
  for (const path of ["/by-https", "/failing"])
    await new Promise((resolve) =>
      https.get(`${origin}${path}`, { family: 4 }, (answer) => {
        console.log(path, answer.statusCode, answer.socket.authorized);
        answer.resume().on("end", resolve);
      }),
    );
  console.log(await (await fetch(`https://127.0.0.1:${server.address().port}/by-fetch`)).text());
  const refused = https.get(`${origin}/refused`, { ca: [], family: 4, agent: false });
  await new Promise((resolve) => refused.on("error", (error) => resolve(console.log(error.code))));
  server.close();
  server.closeAllConnections();
});
