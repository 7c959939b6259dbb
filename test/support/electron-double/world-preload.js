// @ts-nocheck: runs in a page as it is, without a compiler
// Runs in the preload's isolated world, before the page's scripts. PRELOAD_SOURCE is replaced by the bundled preload.
;(() => {
  // a preload runs in the top frame alone
  if (window !== window.top) return
  const toMain = (message) => globalThis.electronDoubleToMain(JSON.stringify(message))
  const send = (detail) => dispatchEvent(new CustomEvent('electron-double:to-page', { detail }))
  const messageOf = (error) => (error instanceof Error ? error.message : String(error))

  const functions = []
  addEventListener('electron-double:to-preload', (event) => {
    const { callId, functionId, args } = event.detail ?? {}
    try {
      if (args === undefined) throw new Error('electron double: an argument that cannot be cloned')
      const value = functions[functionId](...args)
      if (!(value instanceof Promise)) return send({ callId, result: { value } })
      send({ callId, result: { isPromise: true } })
      value.then(
        (value) => send({ callId, isSettled: true, result: { value } }),
        (error) => send({ callId, isSettled: true, result: { error: messageOf(error) } }),
      )
    } catch (error) {
      send({ callId, result: { error: messageOf(error) } })
    }
  })
  const contextBridge = {
    exposeInMainWorld(name, api) {
      const members = {}
      for (const [member, plain] of Object.entries(api)) {
        if (typeof plain === 'function') members[member] = { functionId: functions.push(plain) - 1 }
        else if (typeof plain === 'string') members[member] = { plain }
        else throw new Error(`electron double: exposing ${typeof plain} (${member}) is not implemented`)
      }
      send({ name, members })
    },
  }

  const invocations = new Map()
  const listeners = new Map()
  const ports = new Map()
  let invokeCount = 0
  const ipcRenderer = {
    invoke: (channel, ...args) =>
      new Promise((resolve, reject) => {
        invocations.set(++invokeCount, { channel, resolve, reject })
        toMain({ type: 'invoke', id: invokeCount, channel, args })
      }),
    on: (channel, listener) => listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
  }

  function takePort(portId) {
    const { port1, port2 } = new MessageChannel()
    ports.set(portId, port1)
    port1.onmessage = ({ data }) => {
      if (typeof data !== 'string') throw new Error('electron double: a port carries only strings here')
      toMain({ type: 'port', portId, data })
    }
    port1.addEventListener('close', () => toMain({ type: 'port', portId, isClosed: true }))
    return port2
  }

  globalThis.electronDoubleFromMain = (message) => {
    if (message.type === 'reply') {
      const { channel, resolve, reject } = invocations.get(message.id)
      invocations.delete(message.id)
      if (message.error === undefined) resolve(message.value)
      else reject(new Error(`Error invoking remote method '${channel}': ${message.error}`))
    } else if (message.type === 'port') {
      const port = ports.get(message.portId)
      if (message.isClosed) {
        ports.delete(message.portId)
        port?.close()
      } else port?.postMessage(message.data)
    } else {
      const event = { ports: message.portIds.map(takePort) }
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...message.args)
    }
  }

  const strict = (name, members) =>
    new Proxy(members, {
      get(target, member) {
        if (member in target) return target[member]
        throw new Error(`electron double: ${name}.${String(member)} is not implemented`)
      },
    })
  const electron = strict('electron', {
    contextBridge: strict('contextBridge', contextBridge),
    ipcRenderer: strict('ipcRenderer', ipcRenderer),
    // a page of a test has no dropped files with a path
    webUtils: strict('webUtils', { getPathForFile: () => '' }),
  })
  const require = (name) => {
    if (name === 'electron') return electron
    throw new Error(`module not found: ${name}`)
  }
  try {
    // biome-ignore lint/correctness/noUnusedFunctionParameters: the bundled preload uses them
    ;((require, module, exports) => {
      PRELOAD_SOURCE
    })(require, { exports: {} }, {})
    toMain({ type: 'loaded' })
  } catch (error) {
    toMain({ type: 'loaded', error: messageOf(error) })
  }
})()
