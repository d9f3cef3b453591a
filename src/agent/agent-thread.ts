// The agent's own thread, in a file of its own: it needs little of what the agent in the program's threads is made of.
export { runAsWorker } from "./links.js";
