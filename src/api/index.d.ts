/**
 * Makes a value visible to Hindcast as `name` and follows every change to it from then on. Returns the value itself,
 * unchanged: no copy, no Proxy. Calling it again with the same name lets the name stand for another value.
 * Without Hindcast recording the program, this and everything below does nothing.
 */
export function track<Value>(name: string, value: Value): Value;

/** Records that something happened now. Attributes are copied at once; functions and symbols are left out. */
export function event(name: string, attributes?: Readonly<Record<string, unknown>>): void;

/** Records one sample of a series. `unit` is a UCUM code as OpenTelemetry uses: "ms", "By", "1", "{order}". */
export function metric(
  name: string,
  value: number,
  options?: { readonly unit?: string; readonly attributes?: Readonly<Record<string, unknown>> },
): void;

/**
 * Records `work` as a span: everything it does, across awaits, belongs to it. Returns what `work` returns; a throw or
 * rejection passes through unchanged and marks the span as failed.
 */
export function span<Result>(name: string, work: () => Result): Result;
export function span<Result>(name: string, attributes: Readonly<Record<string, unknown>>, work: () => Result): Result;

/**
 * The span that runs now, as a text to put into a message that leads to work elsewhere: where a queue carries nothing but
 * what is put into it. It is a W3C `traceparent`; undefined where nothing is recorded or the code runs in no span.
 */
export function context(): string | undefined;

/**
 * Like `span`, for work that a message led to: its span hangs on the one whose `context()` came with the message, in whichever
 * process that ran. With no context, or one that cannot be read, it begins a trace of its own.
 */
export function spanFrom<Result>(context: string | undefined, name: string, work: () => Result): Result;
export function spanFrom<Result>(
  context: string | undefined,
  name: string,
  attributes: Readonly<Record<string, unknown>>,
  work: () => Result,
): Result;
