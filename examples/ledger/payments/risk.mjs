// Asks the worker thread, and matches its answers to who asked.
import { Worker } from "node:worker_threads";

export class Risk {
  #worker = new Worker(new URL("risk-worker.mjs", import.meta.url));
  #asked = new Map();
  #nextId = 1;

  constructor() {
    this.#worker.on("message", ({ id, score }) => {
      this.#asked.get(id)?.(score);
      this.#asked.delete(id);
    });
  }

  /** Between 0 and 1. @returns {Promise<number>} */
  score({ amount, from, to }) {
    const id = this.#nextId++;
    this.#worker.postMessage({ id, payment: { amount, from, to } });
    return new Promise((resolve) => this.#asked.set(id, resolve));
  }

  close() {
    return this.#worker.terminate();
  }
}
