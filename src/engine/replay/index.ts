// The pure core of reconstruction: writes in, state out. No store, no clock.

/** Every captured object by id, and what each scope stands for, after the writes applied so far. */
export { ObjectGraph } from "./object-graph.js";
/** Folds one process's writes up to a position: slow, and the judge of whatever is faster. */
export { type UpTo, isUpTo, stateAt } from "./state-at.js";
/** What an operation is about to do to a graph. */
export { type Change, changeBy } from "./change.js";
/** The visible part of a scope's tree. */
export { type Row, rowsOf } from "./rows.js";
/** What differs between two graphs of one process. */
export { diffOf } from "./diff.js";
/** The writes that made a path's value what it is. */
export { type HistoryEntry, historyOf } from "./history.js";
/** A value on one line. */
export { previewOf } from "./preview.js";
/** Which writes are to which scope, for stepping. */
export { ScopeWrites, type WritePosition, nearestWrite } from "./scope-writes.js";
/** A write on one line. */
export { describeWrite } from "./describe-write.js";
/** Slots whose value at an instant is not certain. */
export { awaitedSlots } from "./found.js";
