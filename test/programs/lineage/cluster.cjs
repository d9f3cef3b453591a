// Two workers of a cluster, one of which is killed and started anew, as pm2 does; then they are asked to leave.
const cluster = require("node:cluster");

if (cluster.isPrimary) {
  const said = [];
  const isUp = (worker) => new Promise((resolve) => worker.once("message", resolve));
  const isGone = (worker) => new Promise((resolve) => worker.once("exit", (code, signal) => resolve([code, signal])));
  const main = async () => {
    const [one, two] = [cluster.fork(), cluster.fork()];
    // Whichever is up first.
    said.push(...(await Promise.all([isUp(one), isUp(two)])));
    const killed = isGone(one);
    one.process.kill("SIGKILL");
    said.push(await killed);
    const three = cluster.fork();
    said.push(await isUp(three));
    for (const worker of [two, three]) {
      const left = isGone(worker);
      worker.send("leave");
      said.push(await left);
    }
    console.log(JSON.stringify(said));
  };
  main();
} else {
  process.on("message", () => process.exit(5));
  process.send(["worker", cluster.worker.id, "NODE_UNIQUE_ID" in process.env]);
}
