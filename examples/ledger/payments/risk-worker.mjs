// Scores payments in a thread of its own: a small logistic model, and some work to make it worth a thread.
import { parentPort } from "node:worker_threads";

const weights = [1.9, -0.4, 0.7];
const rounds = 2000;

function score({ amount, from, to }) {
  const features = [Math.log10(amount + 1) / 5, hash(from), hash(to)];
  let drift = 0;
  for (let i = 1; i <= rounds; i++) drift += Math.sin(i * features[1]) / i;
  const sum = features.reduce((total, feature, i) => total + feature * weights[i], drift / 100 - 1.6);
  return 1 / (1 + Math.exp(-sum));
}

const hash = (text) => [...text].reduce((sum, letter) => (sum * 33 + letter.charCodeAt(0)) % 1009, 5) / 1009;

parentPort.on("message", ({ id, payment }) => parentPort.postMessage({ id, score: score(payment) }));
