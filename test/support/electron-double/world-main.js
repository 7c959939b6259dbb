// @ts-nocheck: runs in a page as it is, without a compiler
// Runs in the page's own world, before its scripts: its half of the context bridge.
;(() => {
  const returned = new Map()
  const waiting = new Map()
  let callCount = 0
  // a `detail` is cloned on its way between two worlds
  const send = (detail) => dispatchEvent(new CustomEvent('electron-double:to-preload', { detail }))

  function call(functionId, args) {
    const callId = ++callCount
    send({ callId, functionId, args })
    if (!returned.has(callId)) throw new Error('electron double: the preload did not answer')
    const { value, error, isPromise } = returned.get(callId)
    returned.delete(callId)
    if (error !== undefined) throw new Error(error)
    return isPromise ? new Promise((resolve, reject) => waiting.set(callId, { resolve, reject })) : value
  }

  addEventListener('electron-double:to-page', (event) => {
    const { name, members, callId, result, isSettled } = event.detail
    if (name !== undefined) {
      const value = {}
      for (const [member, { functionId, plain }] of Object.entries(members)) {
        value[member] = functionId === undefined ? plain : (...args) => call(functionId, args)
      }
      Object.defineProperty(window, name, { value: Object.freeze(value), writable: false, configurable: false })
    } else if (isSettled) {
      const { resolve, reject } = waiting.get(callId)
      waiting.delete(callId)
      if (result.error === undefined) resolve(result.value)
      else reject(new Error(result.error))
    } else {
      returned.set(callId, result)
    }
  })
})()
