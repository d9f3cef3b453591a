// The functions that instrumented source calls, as one global: `$$hindcast.s(a, "b", site, a.b = v)`. Each returns the value
// of the write, so that the expression stays what it was. Capitals take the object last, from a temporary of the source,
// because its receiver is more than a name. While nothing is tracked a call costs one comparison.
// They are functions of the program's realm, which V8 inlines there, and use nothing of it: `tell` is the agent's.

export const helpersName = "$$hindcast";

export interface WriteHelpers {
  /** Announces a file and its sites (sites.ts); returns the number of its first site. */
  f(file: string, table: string): number;
  /** Own property with a key that is written in the source. */
  s<Value>(object: unknown, key: unknown, site: number, value: Value): Value;
  S<Value>(key: unknown, site: number, value: Value, object: unknown): Value;
  /** Own property with a computed key. */
  k<Value>(object: unknown, site: number, value: Value, key: unknown): Value;
  K<Value>(site: number, value: Value, object: unknown, key: unknown): Value;
  /** Anything may have changed in the object. */
  c<Value>(object: unknown, site: number, value: Value): Value;
  C<Value>(site: number, value: Value, object: unknown): Value;
  /** Like C, for the object at the end of `path`, names of own properties joined by dots. */
  O<Value>(site: number, value: Value, object: unknown, path: string): Value;
  /** A method that changes its receiver; `first` is its first argument where that matters. */
  m<Value>(object: unknown, name: string, site: number, value: Value, first: unknown): Value;
  M<Value>(name: string, site: number, value: Value, object: unknown, first: unknown): Value;
  /**
   * Asked right before a changing method, before a write that may be to an element ("=") and before one to the property
   * `first` that may not be made ("-"); "" asks for all of the object.
   */
  b<Value>(object: unknown, name: string, value: Value, first: unknown): Value;
  B<Value>(name: string, object: Value, first?: unknown): Value;
  /** The same for the object at the end of `path`, as a whole. */
  q<Value>(object: unknown, path: string, value: Value): Value;
  Q<Value>(path: string, object: Value): Value;
  /** Private field: `value` is what the expression yields, `now` what the field holds after it. */
  p<Value>(object: unknown, key: string, site: number, value: Value, now: unknown): Value;
  P<Value>(key: string, site: number, value: Value, object: unknown, now: unknown): Value;
  /** A function is entered, with what it was given for its parameters; the name of one that has none is "". */
  e(site: number, names: string, a?: unknown, b?: unknown, c?: unknown, d?: unknown): Call | undefined;
  /** The same of one with more than four parameters. */
  E(site: number, names: string, given: readonly unknown[]): Call | undefined;
  /** It returns a value, or none. */
  r<Value>(call: Call | undefined, value: Value): Value;
  d(call: Call | undefined): Call | undefined;
  /** It throws, or what it promised is rejected. */
  t<Value>(call: Call | undefined, thrown: Value, isRejection?: boolean): Value;
  /** It waits or yields, and goes on. */
  a<Value>(call: Call | undefined, value?: Value): Value | undefined;
  w<Value>(call: Call | undefined, value?: Value): Value | undefined;
  /** It goes on where it catches something, or in a `finally`. */
  u(call: Call | undefined): void;
  v(call: Call | undefined): void;
  /** It is left. */
  x(call: Call | undefined): void;
  /** Are the statements of a call told of? Asked before each. */
  y(call: Call | undefined): boolean;
  /** A statement of it runs, or its end is reached; with the variables that have a value, by their names. */
  l(call: Call, site: number, names: string, values: readonly unknown[]): void;
  /** `new` has made an object. Called by `new` itself, so that errors about what it made read as they did. */
  i<Value>(site: number, value: Value): Value;
  /** One is being made by a constructor that has `this`. */
  n<Value>(site: number, object: Value): Value;
  /** A variable at the top of the file holds `now`; `value` is what the expression yields. */
  g<Value>(name: string, site: number, value: Value, now: unknown): Value;
}

/** One that has begun: ours alone. */
export type Call = object;

/** Is anything tracked? Read at every write site. */
export interface Activity {
  readonly isActive: boolean;
}

/** What the helpers pass on. None of these ever throws. */
export interface WriteTold {
  file(file: string, table: string): number;
  before(object: unknown, name: string, first: unknown): void;
  beforeBehind(object: unknown, path: string): void;
  property(object: unknown, key: unknown, site: number): void;
  object(object: unknown, site: number): void;
  objectBehind(object: unknown, path: string, site: number): void;
  method(object: unknown, name: string, first: unknown, result: unknown, site: number): void;
  privateField(object: unknown, key: string, value: unknown, site: number): void;
}

/** What is told of calls. None of these ever throws. */
export interface CallsTold {
  /** Are calls recorded? Read at every function's beginning. */
  readonly isActive: boolean;
  enter(
    site: number,
    names: string,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    /** In place of the four, where there are more. */
    more: readonly unknown[] | undefined,
  ): Call | undefined;
  returns(call: Call, value: unknown): void;
  throws(call: Call, thrown: unknown, isRejection: boolean): void;
  waits(call: Call): void;
  goesOn(call: Call, hasCaught: boolean): void;
  leaves(call: Call): void;
}

/** What is told where classes and variables are chosen by name. None of these ever throws. */
export interface ChosenTold {
  made(object: unknown, site: number): void;
  begun(object: unknown, site: number): void;
  variable(name: string, site: number, value: unknown): void;
}

/** What is told of the statements of calls. None of these ever throws. */
export interface LinesTold {
  isWanted(call: Call): boolean;
  step(call: Call, site: number, names: string, values: readonly unknown[]): void;
}

const nothing = (): undefined => undefined;
const noCalls: CallsTold = {
  isActive: false,
  enter: nothing,
  returns: nothing,
  throws: nothing,
  waits: nothing,
  goesOn: nothing,
  leaves: nothing,
};

export type MakeWriteHelpers = (
  activity: Activity,
  tell: WriteTold,
  calls?: CallsTold,
  chosen?: ChosenTold,
  lines?: LinesTold,
) => WriteHelpers;

export const makeWriteHelpers: MakeWriteHelpers = (activity, tell, calls = noCalls, chosen, lines) => ({
  f: (file, table) => tell.file(file, table),
  s(object, key, site, value) {
    if (activity.isActive) tell.property(object, key, site);
    return value;
  },
  S(key, site, value, object) {
    if (activity.isActive) tell.property(object, key, site);
    return value;
  },
  k(object, site, value, key) {
    if (activity.isActive) tell.property(object, key, site);
    return value;
  },
  K(site, value, object, key) {
    if (activity.isActive) tell.property(object, key, site);
    return value;
  },
  c(object, site, value) {
    if (activity.isActive) tell.object(object, site);
    return value;
  },
  C(site, value, object) {
    if (activity.isActive) tell.object(object, site);
    return value;
  },
  O(site, value, object, path) {
    if (activity.isActive) tell.objectBehind(object, path, site);
    return value;
  },
  m(object, name, site, value, first) {
    if (activity.isActive) tell.method(object, name, first, value, site);
    return value;
  },
  M(name, site, value, object, first) {
    if (activity.isActive) tell.method(object, name, first, value, site);
    return value;
  },
  b(object, name, value, first) {
    if (activity.isActive) tell.before(object, name, first);
    return value;
  },
  B(name, object, first) {
    if (activity.isActive) tell.before(object, name, first);
    return object;
  },
  q(object, path, value) {
    if (activity.isActive) tell.beforeBehind(object, path);
    return value;
  },
  Q(path, object) {
    if (activity.isActive) tell.beforeBehind(object, path);
    return object;
  },
  p(object, key, site, value, now) {
    if (activity.isActive) tell.privateField(object, key, now, site);
    return value;
  },
  P(key, site, value, object, now) {
    if (activity.isActive) tell.privateField(object, key, now, site);
    return value;
  },
  e: (site, names, a, b, c, d) => (calls.isActive ? calls.enter(site, names, a, b, c, d, undefined) : undefined),
  E: (site, names, given) =>
    calls.isActive ? calls.enter(site, names, undefined, undefined, undefined, undefined, given) : undefined,
  r(call, value) {
    if (call !== undefined) calls.returns(call, value);
    return value;
  },
  d(call) {
    if (call !== undefined) calls.returns(call, undefined);
    return call;
  },
  t(call, thrown, isRejection) {
    if (call !== undefined) calls.throws(call, thrown, isRejection === true);
    return thrown;
  },
  a(call, value) {
    if (call !== undefined) calls.waits(call);
    return value;
  },
  w(call, value) {
    if (call !== undefined) calls.goesOn(call, false);
    return value;
  },
  u(call) {
    if (call !== undefined) calls.goesOn(call, true);
  },
  v(call) {
    if (call !== undefined) calls.goesOn(call, false);
  },
  x(call) {
    if (call !== undefined) calls.leaves(call);
  },
  y: (call) => call !== undefined && lines !== undefined && lines.isWanted(call),
  l(call, site, names, values) {
    if (lines !== undefined) lines.step(call, site, names, values);
  },
  i: function made(site, value) {
    if (chosen !== undefined) chosen.made(value, site);
    return value;
  },
  n(site, object) {
    if (chosen !== undefined) chosen.begun(object, site);
    return object;
  },
  g(name, site, value, now) {
    if (chosen !== undefined) chosen.variable(name, site, now);
    return value;
  },
});
