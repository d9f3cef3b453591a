// A service that traces itself with OpenTelemetry, and asks another one by node:http and by fetch. Prints what is the same at each
// run; what its tracer has made is told as an event.
const { trace } = require("@opentelemetry/api");
const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } = require("@opentelemetry/sdk-trace-node");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { UndiciInstrumentation } = require("@opentelemetry/instrumentation-undici");

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();
for (const instrumentation of [new HttpInstrumentation(), new UndiciInstrumentation()]) {
  instrumentation.setTracerProvider(provider);
  instrumentation.enable();
}
const http = require("node:http");
const { event, span } = require("hindcast");

const headers = [];
const back = http.createServer((request, response) => {
  const traced = Object.keys(request.headers).filter((name) => /^(?:traceparent|tracestate|baggage)$/.test(name));
  headers.push(`${request.url} ${traced.join()} ${/^00-\w{32}-\w{16}-01$/.test(request.headers.traceparent)}`);
  console.log(`asked for ${request.url}`);
  response.end("back");
});
const front = http.createServer((_request, response) => {
  span("ours", {}, () => undefined);
  trace.getTracer("own").startActiveSpan("by hand", (own) => {
    http.get({ port: back.address().port, path: "/by-http" }, (answer) => {
      answer.resume().on("end", async () => {
        await (await fetch(`http://127.0.0.1:${back.address().port}/by-fetch`)).text();
        own.end();
        response.end("front");
      });
    });
  });
});
back.listen(0, "127.0.0.1", () =>
  front.listen(0, "127.0.0.1", () => {
    http.get({ port: front.address().port, path: "/front", headers: { "x-a": "1" } }, (answer) => {
      answer.resume().on("close", async () => {
        front.close();
        back.close();
        front.closeAllConnections();
        back.closeAllConnections();
        await provider.forceFlush();
        const made = exporter.getFinishedSpans();
        console.log(
          headers.join("\n"),
          made
            .map(({ name, kind }) => `${kind} ${name}`)
            .sort()
            .join(),
        );
        console.log(new Set(made.map((each) => each.spanContext().traceId)).size, "trace");
        for (const each of made) {
          const { name, kind, attributes, parentSpanContext } = each;
          const { traceId, spanId } = each.spanContext();
          const path = attributes["url.path"] ?? attributes["http.target"] ?? attributes["url.full"] ?? "";
          event("made", { name, kind, path, traceId, spanId, parent: parentSpanContext?.spanId ?? "" });
        }
      });
    });
  }),
);
