// What the page finds around it that TypeScript does not know by itself.
declare module "msgpackr/index-no-eval" {
  export { Packr } from "msgpackr";
}

/** The part of the Electron shell that a page may use; absent in a browser. */
interface HindcastDesktop {
  /** The native file dialog; undefined when it was cancelled. */
  pickRecording(): Promise<string | undefined>;
  pickFolder(): Promise<string | undefined>;
}

interface Window {
  readonly hindcast?: HindcastDesktop;
  /** Resolves when no call is in flight and two frames have been drawn since: what browser tests wait on. */
  hindcastIdle?: () => Promise<void>;
}
