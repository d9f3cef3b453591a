// Where the page starts: connects to the engine and begins to open what the address names. The window that will show it is loaded
// meanwhile; it is large, and needs nothing of what the engine does first.
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./tokens.css";
import "./base.css";
import { EngineLink, whenIdle } from "../state/engine-link.svelte.js";
import { KeptTexts } from "../state/kept-texts.js";
import { Session } from "../state/session.svelte.js";
import { Toasts } from "../state/toasts.svelte.js";
import { transportSourceFor } from "../state/transports.js";
import { keepPlace } from "./keep-place.svelte.js";
import { connectToShell } from "./shell.js";

const longestWaitMs = 2000;

const toasts = new Toasts();
const link = new EngineLink(transportSourceFor(window));
const kept = new KeptTexts(localStorage, link.call, (error) => toasts.fail(error));
link.onReconnected(() => kept.send());
// What is kept decides what is on the first page. An engine that does not answer does not hold it up for long.
const whenKept = Promise.race([kept.load(), new Promise<void>((resolve) => setTimeout(resolve, longestWaitMs))]);
const session = new Session(link, toasts, { storage: kept, whenKept });
// Before anything is shown: what the address names is being opened then, and the first page asks for nothing.
const whenPlaceIsKept = keepPlace(window, session);

const dialogs = whenIdle(link).then(() => import("./Dialogs.svelte"));
const showing = Promise.all([import("./window.js"), whenKept]).then(([{ showWindow }]) =>
  showWindow({ link, kept, session, toasts, shell, dialogs }),
);
// The shell may ask for something as soon as the page is loaded.
const shell = connectToShell(window, session, {
  saveCopy: () => void showing.then(({ saveCopy }) => saveCopy()),
  exportIt: () => void showing.then(({ exportIt }) => exportIt()),
  attach: () => void showing.then(({ attach }) => attach()),
  settings: () => void showing.then(({ settings }) => settings()),
});
await showing;
window.hindcastIdle = async () => {
  await dialogs;
  await whenIdle(link);
  await whenPlaceIsKept();
  await kept.sent();
};
