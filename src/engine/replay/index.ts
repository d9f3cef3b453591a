// The pure core of reconstruction: writes in, state out. No store, no clock.
export { ObjectGraph } from "./object-graph.js";
export { type UpTo, isUpTo, stateAt } from "./state-at.js";
