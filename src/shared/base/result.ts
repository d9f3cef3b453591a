// Failures that a user can cause are values; bugs are thrown.

export interface Ok<Value> {
  readonly ok: true;
  readonly value: Value;
}

export interface Failed<Failure> {
  readonly ok: false;
  readonly error: Failure;
}

export type Result<Value, Failure> = Ok<Value> | Failed<Failure>;

export const ok = <Value>(value: Value): Ok<Value> => ({ ok: true, value });
export const failed = <Failure>(error: Failure): Failed<Failure> => ({ ok: false, error });
