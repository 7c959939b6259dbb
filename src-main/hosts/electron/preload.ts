import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { channels, portMessage } from './channels.ts'

/** Everything the page can reach beyond the web platform. */
const lifeboatHost = {
  kind: 'electron',
  /** The native dialog; null when it was cancelled. */
  chooseDirectory: (title: string): Promise<string | null> => ipcRenderer.invoke(channels.chooseDirectory, title),
  revealPath: (path: string): Promise<void> => ipcRenderer.invoke(channels.revealPath, path),
  openExternal: (url: string): Promise<void> => ipcRenderer.invoke(channels.openExternal, url),
  /** The path of a dropped file or directory. */
  pathOfFile: (file: File): string => webUtils.getPathForFile(file),
  setTheme: (theme: 'dark' | 'light' | 'system'): Promise<void> => ipcRenderer.invoke(channels.setTheme, theme),
  /**
   * Asks for a port to the core. It arrives as a window message of type 'lifeboat:port', now or when the core
   * answers, and another one arrives unasked after each restart of the core: the newest port is the one to use.
   */
  requestPort: (): Promise<void> => ipcRenderer.invoke(channels.requestPort),
}

contextBridge.exposeInMainWorld('lifeboatHost', lifeboatHost)

// a port cannot cross the context bridge, only a window message carries it
ipcRenderer.on(portMessage, (event) => window.postMessage({ type: portMessage }, '*', event.ports))
