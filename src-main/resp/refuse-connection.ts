import type { Socket } from 'node:net'

/** time for the refused client to read why */
const lingerMs = 1000
const refusal = '-ERR max number of clients reached\r\n'

/** Sends a client away that is one too many, as Redis does. A TLS client is cut off: it cannot be told yet. */
export function refuseConnection(socket: Socket, hasTls: boolean): void {
  socket.on('error', () => {})
  if (hasTls) {
    socket.destroy()
    return
  }
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  timer.unref()
  socket.on('close', () => clearTimeout(timer))
  // what it has sent is read and thrown away: closing over unread bytes would take the refusal back
  socket.resume()
  socket.end(refusal)
}
