// The file that is preloaded (NODE_OPTIONS=--require). The one place that starts anything: the agent in a program's main
// thread when there is an engine to report to, the agent's worker in the thread the agent made, nothing elsewhere.
import { isMainThread } from "node:worker_threads";
import { install } from "./agent.js";
import { configurationFrom } from "./configuration.js";
import { runAsWorker } from "./worker-thread.js";

if (!isMainThread) runAsWorker();
else {
  const configuration = configurationFrom(process.env);
  if (configuration !== undefined) install(configuration, __filename);
}
