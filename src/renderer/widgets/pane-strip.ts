// What stands between the bar of a pane and its body: put there by whoever puts the pane there.
import { type Snippet, createContext } from "svelte";

export const [getPaneStrip, setPaneStrip] = createContext<Snippet>();
