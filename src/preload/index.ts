// All that the page may ask of the Electron shell: src/shared/protocol/shell-calls.ts, and nothing else.
import { contextBridge, ipcRenderer, webUtils } from "electron";
import { type HindcastShell, enginePortMessage, shellChannels } from "../shared/protocol/shell-calls.js";

const shell: HindcastShell = {
  pathOf: (file) => (file instanceof File ? webUtils.getPathForFile(file) : ""),
  call: (name, args) => ipcRenderer.invoke(shellChannels.call, name, args),
  onCommand: (listener) => {
    ipcRenderer.on(shellChannels.command, (_event, command: unknown) => listener(command));
  },
};

contextBridge.exposeInMainWorld("hindcast", shell);

// A port cannot cross the bridge; a message to the page's own window may carry it.
ipcRenderer.on(shellChannels.port, ({ ports }) => {
  window.postMessage(enginePortMessage, window.location.origin === "null" ? "*" : window.location.origin, [...ports]);
});
