// What a pane knows about something it asked for. There is no third flag: loading, ready and failed exclude each other.
import type { HindcastError } from "../../shared/protocol/errors.js";

export type Loaded<Value> =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly value: Value }
  | { readonly status: "failed"; readonly error: HindcastError };
