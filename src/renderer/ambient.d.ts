// What the page finds around it that TypeScript does not know by itself.
declare module "msgpackr/index-no-eval" {
  export { addExtension } from "msgpackr";
  /** Its own types speak of Node's Buffer, which a page does not have. */
  export class Packr {
    constructor(settings: import("msgpackr").Options);
    pack(value: unknown): Uint8Array;
    unpack(bytes: Uint8Array): unknown;
  }
}

interface Window {
  /** The Electron shell (src/shared/protocol/shell-calls.ts); absent in a browser. */
  readonly hindcast?: import("../shared/protocol/shell-calls.js").HindcastShell;
  /** Resolves when no call is in flight and two frames have been drawn since: what browser tests wait on. */
  hindcastIdle?: () => Promise<void>;
}
