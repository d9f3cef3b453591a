// Entry of the thread that records into one file.
import { parentPort } from "node:worker_threads";
import { portOf } from "./port.js";
import { serveRecorder } from "./serve-recorder.js";

if (parentPort === null) throw new Error("started by the engine, as a worker");
serveRecorder(portOf(parentPort));
