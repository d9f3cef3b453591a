// What a person is shown of something that takes long, and what they can do about it.
export interface Underway {
  /** `performance.now()` when it began; undefined when nothing is under way. */
  readonly sinceMs: number | undefined;
  /** What is done at the moment, where that is told. */
  readonly phase: string | undefined;
  /** 0 to 1; undefined where nobody knows. */
  readonly share: number | undefined;
  /** It was stopped, and what is shown is what there was before. */
  readonly isStopped: boolean;
  cancel(): void;
  retry(): void;
}
