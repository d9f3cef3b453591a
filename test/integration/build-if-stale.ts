// Integration tests run what users run: the built files. One build for all of them, and none when nothing changed.
import { buildIfStale } from "../../tools/build-if-stale.js";

export default function setup(): void {
  buildIfStale();
}
