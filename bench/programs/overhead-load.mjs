// Sends requests over connections that stay open, each as soon as the one before is answered, in a process of its own.
import autocannon from "autocannon";

const connections = 16;

process.once("message", async ({ url, requests, ...howMuch }) => {
  const result = await autocannon({
    url,
    connections,
    ...howMuch,
    requests: requests.map((request) =>
      request.body === undefined ? request : { ...request, headers: { "content-type": "application/json" } },
    ),
  });
  process.send({
    requests: result.requests.total,
    failed: result.errors + result.timeouts + result.non2xx,
    perSecond: result.requests.total / result.duration,
    p99Ms: result.latency.p99,
  });
  process.disconnect();
});
