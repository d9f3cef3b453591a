// Asks a service again and again over connections that stay open, each as soon as the one before is answered, and says how many
// were by now. Told to pause it answers when nothing is under way any more. In a process of its own.
import http from "node:http";

const connections = 16;
const [url] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
let [answered, underWay, isPaused] = [0, 0, false];
let whenQuiet = () => {};

function ask(n) {
  if (isPaused) {
    if (underWay === 0) whenQuiet();
    return;
  }
  underWay++;
  const request = http.get(`${url}/items/${n % 1000}`, { agent }, (response) => {
    if (response.statusCode !== 200) throw new Error(`it answers ${response.statusCode}`);
    response.resume().on("end", () => {
      answered++;
      underWay--;
      ask(n + connections);
    });
  });
  request.on("error", (error) => {
    throw error;
  });
}

const all = () => {
  for (let n = 0; n < connections; n++) ask(n);
};
const answer = () => process.send({ answer: answered });
const does = {
  count: answer,
  pause() {
    isPaused = true;
    whenQuiet = answer;
  },
  "go on"() {
    isPaused = false;
    all();
    answer();
  },
};
process.on("message", (word) => does[word]());
process.on("disconnect", () => process.exit(0));
all();
