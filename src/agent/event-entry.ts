// Where `event` enters the agent: a function of the program's realm, where V8 inlines the test for a Proxy. Asked from the
// agent's own realm the test is a call of its own, a tenth of what an event costs.
import { types } from "node:util";

const { isProxy } = types;

export type RecordEvent = (name: unknown, attributes: unknown) => void;
export type MakeEventEntry = (record: RecordEvent) => RecordEvent;

/** Of a Proxy nothing may be read: it counts as no attributes, and `record` is never given one. */
export const makeEventEntry: MakeEventEntry = (record) => (name, attributes) => {
  record(name, isProxy(attributes) ? undefined : attributes);
};
