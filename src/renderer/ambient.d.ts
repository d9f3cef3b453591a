// What the page finds around it that TypeScript does not know by itself.
declare module "msgpackr/index-no-eval" {
  export { Packr, addExtension } from "msgpackr";
}

interface Window {
  /** The Electron shell (src/shared/protocol/shell-calls.ts); absent in a browser. */
  readonly hindcast?: import("../shared/protocol/shell-calls.js").HindcastShell;
  /** Resolves when no call is in flight and two frames have been drawn since: what browser tests wait on. */
  hindcastIdle?: () => Promise<void>;
}
