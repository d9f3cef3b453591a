// Of pools of threads, which post a task that had to wait when the answer to another has come: whose the task is. Piscina is
// met as it is loaded. Tinypool is an ES module, of which nobody is told: its pools are met at what each task asks of them.
import { EventEmitterAsyncResource } from "node:events";
import { types } from "node:util";
import { PatchedCopies } from "../modules.js";
import { classNameOf, dataProperty, isFunction, isObject, prototypeOf } from "../own-data.js";
import { replaceConstructor, replaceGetter, replaceMethod, together } from "../patch.js";
import type { TaskPosters } from "../task-posters.js";
import type { ProbeKit } from "../probe-kit.js";
import type { OpenSpan } from "../record-sink.js";

type Kit = Pick<ProbeKit, "guest" | "context" | "onModule">;

export const watchThreadPools = (kit: Kit, posters: TaskPosters): (() => void) =>
  together([watchPiscina(kit, posters), watchTinypool(kit, posters)]);

function watchPiscina({ guest, context, onModule }: Kit, posters: TaskPosters): () => void {
  const askers = new WeakMap<object, OpenSpan | undefined>();
  return together([
    onModule(guest, "piscina/dist/task_queue/index.js", (exports) =>
      replaceConstructor([exports], "TaskInfo", (task) =>
        guest.runAsGuest(() => void askers.set(task, context.current), undefined),
      ),
    ),
    onModule(guest, "piscina/dist/worker_pool/index.js", (exports) =>
      replaceMethod(
        prototypeOf(dataProperty(exports, "WorkerInfo")),
        "postTask",
        (post) =>
          function (...args) {
            const [task] = args;
            const work = (): unknown => Reflect.apply(post, this, args);
            return isObject(task) && askers.has(task) ? posters.postFor(askers.get(task), work) : work();
          },
      ),
    ),
  ]);
}

/**
 * Each `run` asks for the pool's `asyncResource`, and then puts the task into the pool's queue, if it has to wait. The task is asked
 * for what it brings right before that is posted.
 */
function watchTinypool({ guest, context }: Kit, posters: TaskPosters): () => void {
  const askers = new WeakMap<object, OpenSpan | undefined>();
  const [queues, tasks] = [new PatchedCopies(), new PatchedCopies()];
  const watchTasks = (task: object): void => {
    replaceOnce(
      tasks,
      task,
      "releaseTask",
      (original) =>
        function (...args) {
          guest.runAsGuest(() => {
            if (!isObject(this)) return;
            const id = dataProperty(this, "taskId");
            if (askers.has(this) && typeof id === "number") posters.nextTaskIsFor(id, askers.get(this));
          }, undefined);
          return Reflect.apply(original, this, args);
        },
    );
  };
  const watchQueue = (queue: object): void => {
    replaceOnce(
      queues,
      queue,
      "push",
      (push) =>
        function (...args) {
          const [task] = args;
          guest.runAsGuest(() => {
            if (!isObject(task) || askers.has(task)) return;
            askers.set(task, context.current);
            watchTasks(task);
          }, undefined);
          return Reflect.apply(push, this, args);
        },
    );
  };
  const met = new WeakSet();
  const meet = (pool: object): void => {
    if (met.has(pool)) return;
    met.add(pool);
    // Its own class says what its options are: that is no code of the program's.
    const owner = ownerOf(pool, "recycleWorkers");
    if (owner === undefined || classNameOf(owner) !== "Tinypool") return;
    const get = Object.getOwnPropertyDescriptor(owner, "options")?.get;
    const options: unknown = get === undefined ? undefined : Reflect.apply(get, pool, []);
    const queue = isObject(options) ? dataProperty(options, "taskQueue") : undefined;
    if (isObject(queue) && !Array.isArray(queue)) watchQueue(queue);
  };
  return together([
    () => tasks.putBack(),
    () => queues.putBack(),
    replaceGetter(EventEmitterAsyncResource.prototype, "asyncResource", (pool) =>
      guest.runAsGuest(() => meet(pool), undefined),
    ),
  ]);
}

/** Of all that have it from the same. */
function replaceOnce(
  replaced: PatchedCopies,
  object: object,
  name: string,
  replacement: Parameters<typeof replaceMethod>[2],
): void {
  const owner = ownerOf(object, name);
  if (owner !== undefined && !replaced.has(owner)) replaced.add(owner, replaceMethod(owner, name, replacement));
}

/** Whose own method it is: of its class, most often. */
function ownerOf(object: object, method: string): object | undefined {
  for (
    let owner: object | null = object;
    owner !== null && !types.isProxy(owner);
    owner = Reflect.getPrototypeOf(owner)
  )
    if (Object.hasOwn(owner, method)) return isFunction(dataProperty(owner, method)) ? owner : undefined;
  return undefined;
}
