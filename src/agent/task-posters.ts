// For which span a task is that a pool of threads posts: the current one's, unless the task had to wait in the pool's queue. Then it is
// posted when the answer to another has come, and whose it is says who has seen it put into the queue (probes/thread-pools.ts).
import { dataProperty, isObject, textProperty } from "./own-data.js";
import type { OpenSpan } from "./record-sink.js";

interface Poster {
  readonly span: OpenSpan | undefined;
}

export class TaskPosters {
  #poster: Poster | undefined;
  #next: (Poster & { readonly id: number }) | undefined;

  /** What is posted meanwhile is for this span, whatever is current. */
  postFor(span: OpenSpan | undefined, work: () => unknown): unknown {
    const before = this.#poster;
    this.#poster = { span };
    try {
      return work();
    } finally {
      this.#poster = before;
    }
  }

  /** What is posted next, if it is that task, is for this span. */
  nextTaskIsFor(id: number, span: OpenSpan | undefined): void {
    this.#next = { id, span };
  }

  /** `isInHandler`: something that has come is being handled. Of a task that waited, and nobody saw waiting, it is not known whose it is. */
  of(posted: unknown, current: OpenSpan | undefined, isInHandler: boolean): OpenSpan | undefined {
    if (this.#poster !== undefined) return this.#poster.span;
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined && !isInHandler) return current;
    const task = taskIdOf(posted);
    if (task === undefined) return current;
    return next?.id === task ? next.span : isInHandler ? undefined : current;
  }
}

/** As piscina and tinypool post it. */
function taskIdOf(posted: unknown): number | undefined {
  if (!isObject(posted) || textProperty(posted, "filename") === undefined) return undefined;
  const id = dataProperty(posted, "taskId");
  return typeof id === "number" && textProperty(posted, "name") !== undefined ? id : undefined;
}
